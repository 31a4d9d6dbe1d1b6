"""Door 1 for programs: who would qualify for a programme and is not in it yet."""

from typing import Any
from uuid import UUID

from services.intake.eligibility import commands, doors, overrides, schemas
from shared.identity.permissions import Permission
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard
from shared.web.paging import PageQuery

blueprint = Blueprint("eligibility", __name__, description="Who qualifies for a programme")


@blueprint.get("/<agency>/candidates")
@guard(Permission.CANDIDATES_READ)
@blueprint.arguments(schemas.CandidateQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.Candidate))
def list_candidates(query: dict[str, Any], agency: str) -> paging.Page[dict[str, Any]]:
    """Persons of the officer's areas who would qualify and have no open journey; the look at their names is logged."""
    with door.transaction() as session:
        return doors.candidates(session, door.current_officer(), query)


@blueprint.post("/<agency>/referrals/<uuid:referral_id>/override")
@guard(Permission.REFERRALS_WORK)
@blueprint.arguments(schemas.OverrideAsked)
@blueprint.response(201, schemas.OverrideShown)
def ask_second_person(given: dict[str, Any], agency: str, referral_id: UUID) -> dict[str, Any]:
    """Bring evidence for deciding a verification otherwise than the registries say; a second person decides on it."""
    with door.transaction() as session:
        asked = commands.ask_second_person(session, door.current_officer(), referral_id, given["evidence"])
        return overrides.shown(asked)


@blueprint.get("/<agency>/overrides")
@guard(Permission.OVERRIDES_DECIDE)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.OverrideShown))
def list_overrides(query: dict[str, Any], agency: str) -> paging.Page[dict[str, Any]]:
    """What waits for the officer as the second person, the latest first; the look is logged."""
    with door.transaction() as session:
        return doors.overrides_for(session, door.current_officer(), query["after"], query["limit"])


@blueprint.post("/<agency>/overrides/<uuid:override_id>/decide")
@guard(Permission.OVERRIDES_DECIDE)
@blueprint.arguments(schemas.OverrideDecided)
@blueprint.response(200, schemas.OverrideShown)
def decide_override(given: dict[str, Any], agency: str, override_id: UUID) -> dict[str, Any]:
    """Agree, or not, as the second person."""
    with door.transaction() as session:
        return overrides.shown(overrides.decide(session, door.current_officer(), override_id, **given))
