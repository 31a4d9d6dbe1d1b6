"""Door 1 for programs: who has consented to what, and noting an answer or its withdrawal."""

from typing import Any

from services.intake.sharing import commands, doors, schemas
from shared.identity.permissions import Permission
from shared.web import door
from shared.web.api import Blueprint
from shared.web.guard import guard

blueprint = Blueprint("sharing", __name__, description="Consent, and what follows from it")


@blueprint.get("/<agency>/consents")
@guard(Permission.CONSENTS_ASK)
@blueprint.arguments(schemas.ConsentQuery, location="query")
@blueprint.response(200, schemas.Lines)
def list_consents(query: dict[str, Any], agency: str) -> dict[str, Any]:
    """Who has answered what, for a journey or a person; the look is logged."""
    with door.transaction() as session:
        if query["journey_id"]:
            return {"items": doors.of_journey(session, query["journey_id"])}
        return {"items": doors.of_person(session, query["person_id"])}


@blueprint.post("/<agency>/consents")
@guard(Permission.CONSENTS_ASK)
@blueprint.arguments(schemas.Recording)
@blueprint.response(200, schemas.Recorded)
def record_consents(given: dict[str, Any], agency: str) -> dict[str, Any]:
    """Note what persons answered: the last missing consent offers the stage, a refusal skips it."""
    with door.transaction() as session:
        return {"changed": sorted(commands.record_consents(session, door.current_officer(), **given))}


@blueprint.post("/<agency>/consents/withdraw")
@guard(Permission.CONSENTS_ASK)
@blueprint.arguments(schemas.Taking)
@blueprint.response(200, schemas.Withdrawal)
def withdraw_consent(given: dict[str, Any], agency: str) -> commands.Withdrawal:
    """Note that somebody takes her consent back; the answer says what is deleted and what stays, and why."""
    with door.transaction() as session:
        return commands.withdraw_consent(session, door.current_officer(), **given)
