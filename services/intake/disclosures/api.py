"""Door 1 for programs: who asked to see what is held of her, all of it, and that she was told."""

from typing import Any
from uuid import UUID

from services.intake.disclosures import commands, doors, schemas
from shared.identity.permissions import Permission
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard
from shared.web.rates import costly

blueprint = Blueprint("disclosures", __name__, description="Her right to see what is held of her")


@blueprint.get("/<agency>/disclosures")
@guard(Permission.DISCLOSURES_SERVE)
@blueprint.arguments(paging.PageQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.DisclosureSchema))
def list_disclosures(query: dict[str, Any], agency: str) -> paging.Page[dict[str, Any]]:
    """The requests to see that wait for an answer, the most urgent first; the look at the names is logged."""
    with door.transaction() as session:
        return doors.look_at_waiting(session, **query)


@blueprint.post("/<agency>/persons/<uuid:person_id>/disclosures")
@guard(Permission.DISCLOSURES_SERVE)
@blueprint.arguments(schemas.Asking)
@blueprint.response(201, schemas.DisclosureSchema)
def note_request(given: dict[str, Any], agency: str, person_id: UUID) -> dict[str, Any]:
    """Note that a person asks to see what is held of her; the law's clock runs from now."""
    with door.transaction() as session:
        return doors.look_at(session, commands.note_request(session, door.current_officer(), person_id, **given).id)


@blueprint.get("/<agency>/disclosures/<uuid:disclosure_id>/dossier")
@guard(Permission.DISCLOSURES_SERVE)
@blueprint.response(200, schemas.DossierSchema)
@costly
def show_dossier(agency: str, disclosure_id: UUID) -> dict[str, Any]:
    """Everything that intake holds of whoever asked; the look is logged."""
    with door.transaction() as session:
        return doors.look_at_all_of_her(session, disclosure_id)


@blueprint.post("/<agency>/disclosures/<uuid:disclosure_id>/answer")
@guard(Permission.DISCLOSURES_SERVE)
@blueprint.arguments(schemas.Answering)
@blueprint.response(200, schemas.DisclosureSchema)
def note_answer(given: dict[str, Any], agency: str, disclosure_id: UUID) -> dict[str, Any]:
    """Note that she was told, and how."""
    with door.transaction() as session:
        commands.note_answer(session, door.current_officer(), disclosure_id, **given)
        return doors.look_at(session, disclosure_id)
