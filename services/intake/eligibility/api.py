"""Door 1 for programs: who would qualify for a programme and is not in it yet."""

from typing import Any

from services.intake.eligibility import doors, schemas
from shared.identity.permissions import Permission
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard

blueprint = Blueprint("eligibility", __name__, description="Who qualifies for a programme")


@blueprint.get("/<agency>/candidates")
@guard(Permission.CANDIDATES_READ)
@blueprint.arguments(schemas.CandidateQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.Candidate))
def list_candidates(query: dict[str, Any], agency: str) -> paging.Page[dict[str, Any]]:
    """Persons of the officer's areas who would qualify and have no open journey; the look at their names is logged."""
    with door.transaction() as session:
        return doors.candidates(session, door.current_officer(), query)
