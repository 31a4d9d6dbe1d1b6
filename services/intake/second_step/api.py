"""Door 1 for programs: the second step is set up, and removed by an administrator."""

from typing import Any
from uuid import UUID

from services.intake.accounts.models import OfficerAccount
from services.intake.second_step import commands, rules, schemas
from shared.identity.permissions import Permission
from shared.web import door
from shared.web.api import Blueprint
from shared.web.guard import guard, shown_once

blueprint = Blueprint("second_step", __name__, description="The second step of signing in")


@blueprint.post("/account/second-step")
@guard(Permission.ACCOUNT_OWN)
@shown_once
@blueprint.response(200, schemas.EnrolmentSchema)
def begin() -> dict[str, Any]:
    """A secret for the officer's telephone, which counts once a code of it was sent."""
    with door.transaction() as session:
        account = session.get_one(OfficerAccount, door.current_officer().id)
        secret = commands.begin(session, account).secret
        return {"secret": secret, "address": rules.address_of(secret, account.username)}


@blueprint.post("/account/second-step/confirm")
@guard(Permission.ACCOUNT_OWN)
@shown_once
@blueprint.arguments(schemas.CodeTyped)
@blueprint.response(200, schemas.RecoveryCodesSchema)
def confirm(given: dict[str, str]) -> dict[str, Any]:
    """Let the secret count from now on; the recovery codes are shown this once."""
    with door.transaction() as session:
        account = session.get_one(OfficerAccount, door.current_officer().id)
        return {"codes": commands.confirm(session, account, given["code"])}


@blueprint.delete("/<agency>/officers/<uuid:account_id>/second-step")
@guard(Permission.ACCOUNTS_MANAGE)
@blueprint.response(200, schemas.StepRemoved)
def remove(agency: str, account_id: UUID) -> OfficerAccount:
    """Let somebody who lost her telephone set the second step up anew; all that she has open ends."""
    with door.transaction() as session:
        return commands.remove(session, door.current_officer(), account_id)
