"""Door 1 for programs: the first administrator begins."""

from typing import Any

from services.intake.accounts.models import OfficerAccount
from services.intake.welcome import commands, schemas
from shared.web import door
from shared.web.api import Blueprint
from shared.web.guard import public

blueprint = Blueprint("welcome", __name__, description="How the first administrator begins")


@blueprint.post("/welcome")
@public("nobody has an account yet; the code that the machine's operator read is asked for")
@blueprint.arguments(schemas.FirstAdministrator)
@blueprint.response(201, schemas.Begun)
def begin(given: dict[str, Any]) -> OfficerAccount:
    """Open the first administrator's account by the code that was printed in the terminal."""
    with door.transaction() as session:
        return commands.begin(session, **given)
