"""Door 1 for programs: what persons want corrected, and the decision on it."""

from typing import Any
from uuid import UUID

from services.intake.corrections import commands, doors, schemas
from shared.identity.permissions import Permission
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard

blueprint = Blueprint("corrections", __name__, description="Her right to have what is wrong corrected")


@blueprint.get("/<agency>/corrections")
@guard(Permission.CORRECTIONS_READ)
@blueprint.arguments(paging.PageQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.CorrectionSchema))
def list_corrections(query: dict[str, Any], agency: str) -> paging.Page[dict[str, Any]]:
    """The corrections that wait for a decision, the most urgent first; the look at the names is logged."""
    with door.transaction() as session:
        return doors.look_at_undecided(session, **query)


@blueprint.post("/<agency>/persons/<uuid:person_id>/corrections")
@guard(Permission.CORRECTIONS_NOTE)
@blueprint.arguments(schemas.Noting)
@blueprint.response(201, schemas.CorrectionDetailSchema)
def note_correction(given: dict[str, Any], agency: str, person_id: UUID) -> dict[str, Any]:
    """Note what a person wants corrected; a NIK that somebody else bears opens a review of both records."""
    with door.transaction() as session:
        return doors.look_at(session, commands.note_correction(session, door.current_officer(), person_id, **given).id)


@blueprint.get("/<agency>/corrections/<uuid:correction_id>")
@guard(Permission.CORRECTIONS_READ)
@blueprint.response(200, schemas.CorrectionDetailSchema)
def show_correction(agency: str, correction_id: UUID) -> dict[str, Any]:
    """A correction with what is held and what she says it is; the look is logged."""
    with door.transaction() as session:
        return doors.look_at(session, correction_id)


@blueprint.post("/<agency>/corrections/<uuid:correction_id>/grant")
@guard(Permission.CORRECTIONS_DECIDE)
@blueprint.response(200, schemas.CorrectionDetailSchema)
def grant_correction(agency: str, correction_id: UUID) -> dict[str, Any]:
    """Correct it here and in every copy; `in-review` where somebody else has come to bear the NIK meanwhile."""
    with door.transaction() as session:
        commands.grant_correction(session, door.current_officer(), correction_id)
        return doors.look_at(session, correction_id)


@blueprint.post("/<agency>/corrections/<uuid:correction_id>/refuse")
@guard(Permission.CORRECTIONS_DECIDE)
@blueprint.arguments(schemas.Refusing)
@blueprint.response(200, schemas.CorrectionDetailSchema)
def refuse_correction(given: dict[str, Any], agency: str, correction_id: UUID) -> dict[str, Any]:
    """Refuse it, with a reason and an explanation that she is told."""
    with door.transaction() as session:
        commands.refuse_correction(session, door.current_officer(), correction_id, **given)
        return doors.look_at(session, correction_id)
