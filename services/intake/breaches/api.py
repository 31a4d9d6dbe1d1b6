"""Door 1 for programs: a failure of protection is recorded, its notice read, and noted who was told."""

from typing import Any
from uuid import UUID

from services.intake.breaches import commands, doors, queries, schemas, words
from shared.identity.permissions import Permission
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard

blueprint = Blueprint("breaches", __name__, description="Failures of protection, and who was told of them")
LANGUAGES = ("id", "en")


@blueprint.get("/<agency>/breaches")
@guard(Permission.BREACHES_READ)
@blueprint.arguments(paging.PageQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.BreachSchema))
def list_breaches(query: dict[str, Any], agency: str) -> paging.Page[dict[str, Any]]:
    """The failures that the officer's office recorded, or that concern somebody in her areas, the latest first."""
    with door.reading() as session:
        return doors.look_at_list(session, **query)


@blueprint.post("/<agency>/breaches")
@guard(Permission.BREACHES_RECORD)
@blueprint.arguments(schemas.BreachRecording)
@blueprint.response(201, schemas.BreachSchema)
def record_breach(given: dict[str, Any], agency: str) -> dict[str, Any]:
    """Record what happened to whose data; those concerned are found now, and the clock runs from the finding."""
    with door.transaction() as session:
        officer = door.current_officer()
        return queries.lines(session, officer, [commands.record_breach(session, officer, **given)])[0]


@blueprint.get("/<agency>/breaches/<uuid:breach_id>")
@guard(Permission.BREACHES_READ)
@blueprint.response(200, schemas.BreachSchema)
def show_breach(agency: str, breach_id: UUID) -> dict[str, Any]:
    """One failure, its clock, and how many were told."""
    with door.reading() as session:
        return doors.look_at(session, breach_id)


@blueprint.get("/<agency>/breaches/<uuid:breach_id>/notice")
@guard(Permission.BREACHES_READ)
@blueprint.response(200, schemas.Notices)
def show_notice(agency: str, breach_id: UUID) -> dict[str, Any]:
    """The notice in Indonesian and English: what data, when and how, what is done about it."""
    with door.reading() as session:
        found = doors.look_at(session, breach_id)
        return {"items": [words.notice(found, each) for each in LANGUAGES]}


@blueprint.get("/<agency>/breaches/<uuid:breach_id>/persons")
@guard(Permission.BREACHES_REACH)
@blueprint.arguments(paging.PageQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.ConcernedSchema))
def list_persons(query: dict[str, Any], agency: str, breach_id: UUID) -> paging.Page[dict[str, Any]]:
    """Whom it concerns in the officer's areas, and how each wishes to be reached; the look is logged."""
    with door.transaction() as session:
        return doors.look_at_persons(session, breach_id, **query)


@blueprint.post("/<agency>/breaches/<uuid:breach_id>/persons/told")
@guard(Permission.BREACHES_REACH)
@blueprint.arguments(schemas.PersonsTold)
@blueprint.response(200, schemas.NewlyTold)
def note_told(given: dict[str, Any], agency: str, breach_id: UUID) -> dict[str, Any]:
    """Note that these persons were told, when and how; what was noted before stays."""
    with door.transaction() as session:
        return {"told": commands.note_told(session, door.current_officer(), breach_id, **given)}


@blueprint.post("/<agency>/breaches/<uuid:breach_id>/authority")
@guard(Permission.BREACHES_RECORD)
@blueprint.arguments(schemas.AuthorityTold)
@blueprint.response(200, schemas.BreachSchema)
def note_authority_told(given: dict[str, Any], agency: str, breach_id: UUID) -> dict[str, Any]:
    """Note that the authority was told."""
    with door.transaction() as session:
        officer = door.current_officer()
        return queries.lines(session, officer, [commands.note_authority_told(session, officer, breach_id, **given)])[0]
