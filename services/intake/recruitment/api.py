"""Door 1 for programs: how far a programme that recruits has come."""

from typing import Any

from services.intake.recruitment import doors, schemas
from shared.identity.permissions import Permission
from shared.web import door
from shared.web.api import Blueprint
from shared.web.guard import guard

blueprint = Blueprint("recruitment", __name__, description="Members who bring others")


@blueprint.get("/<agency>/recruitment")
@guard(Permission.RECRUITMENT_READ)
@blueprint.arguments(schemas.RecruitmentQuery, location="query")
@blueprint.response(200, schemas.RecruitmentSoFar)
def show_recruitment(query: dict[str, Any], agency: str) -> dict[str, Any]:
    """How many women and villages a programme has reached, and how many recruits wait for a group."""
    with door.reading() as session:
        return doors.so_far(session, door.current_officer(), query["programme"])
