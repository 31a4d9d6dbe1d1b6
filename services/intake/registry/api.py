"""Door 1 for programs: registry files come in, and persons are looked up."""

from typing import Any
from uuid import UUID

from services.intake.registry import doors, notes, queries, schemas
from services.intake.registry.models import ImportRun
from shared.identity.permissions import Permission
from shared.notes import api as notes_api
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard
from shared.web.language import language
from shared.web.rates import costly, searching

blueprint = Blueprint("registry", __name__, description="Persons, and the registry files that tell of them")
notes_api.add(blueprint, notes.KIND)
blueprint.url_value_preprocessor(doors.allow_large_files)


@blueprint.post("/<agency>/imports")
@guard(Permission.REGISTRY_IMPORT)
@blueprint.arguments(schemas.ImportFileSchema, location="files")
@blueprint.response(202, schemas.ImportSchema)
@costly
def begin_import(files: dict[str, Any], agency: str) -> ImportRun:
    """Take a registry file in; its rows come in the background. The same file again is the same import."""
    return doors.take_in(agency, files["file"])


@blueprint.get("/<agency>/imports")
@guard(Permission.REGISTRY_READ)
@blueprint.arguments(paging.PageQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.ImportSchema))
def list_imports(query: dict[str, Any], agency: str) -> paging.Page[ImportRun]:
    """The imports of the officer's office, the latest first."""
    with door.reading() as session:
        return queries.import_runs(session, door.current_officer(), **query)


@blueprint.get("/<agency>/imports/<uuid:import_id>")
@guard(Permission.REGISTRY_READ)
@blueprint.response(200, schemas.ImportSchema)
def show_import(agency: str, import_id: UUID) -> ImportRun:
    """How far an import has come."""
    with door.reading() as session:
        return queries.import_run(session, door.current_officer(), import_id)


@blueprint.post("/<agency>/imports/<uuid:import_id>/again")
@guard(Permission.REGISTRY_IMPORT)
@blueprint.response(202, schemas.ImportSchema)
def start_import_again(agency: str, import_id: UUID) -> ImportRun:
    """Go on with an import that has failed, where it stopped."""
    return doors.start_again(import_id)


@blueprint.get("/<agency>/imports/<uuid:import_id>/refusals")
@guard(Permission.REGISTRY_READ)
@blueprint.arguments(paging.PageQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.RefusalSchema))
def list_refusals(query: dict[str, Any], agency: str, import_id: UUID) -> paging.Page[dict[str, Any]]:
    """The rows of an import that did not come in, in the order of the file."""
    with door.reading() as session:
        run = queries.import_run(session, door.current_officer(), import_id)
        found = queries.refusals(session, run, **query)
        items = [
            {
                "row": each.row,
                "column": each.column,
                "reason": each.reason,
                "sentence": queries.sentence(each, language()),
            }
            for each in found.items
        ]
        return paging.Page(items, found.next)


@blueprint.get("/<agency>/persons")
@guard(Permission.REGISTRY_READ)
@blueprint.arguments(schemas.PersonQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.PersonLineSchema))
def list_persons(query: dict[str, Any], agency: str) -> paging.Page[dict[str, Any]]:
    """The persons of an area; every look is logged."""
    with door.transaction() as session:
        found = queries.persons(session, door.current_officer(), **query)
        people = doors.looked_at(session, found.items, "list of an area")
        return paging.Page([queries.summary(each) for each in people], found.next)


@blueprint.post("/<agency>/persons/search")
@guard(Permission.REGISTRY_READ)
@blueprint.arguments(schemas.NikSchema)
@blueprint.response(200, paging.page_of(schemas.PersonLineSchema))
@searching
def search_persons(given: dict[str, str], agency: str) -> paging.Page[dict[str, Any]]:
    """Who bears this NIK, as far as the officer's areas reach; the look is logged."""
    with door.transaction() as session:
        found = doors.look_up(session, given["nik"])
        return paging.Page([queries.summary(each) for each in found], None)


@blueprint.put("/<agency>/persons/<uuid:person_id>/contact-wish")
@guard(Permission.REGISTRY_CHANGE)
@blueprint.arguments(schemas.ContactWishSchema)
@blueprint.response(204)
def note_contact_wish(given: dict[str, Any], agency: str, person_id: UUID) -> None:
    """Keep how a person wishes to be reached; stages with which the programme shares it are told from then on."""
    with door.transaction() as session:
        doors.note_wish(session, person_id, given)


@blueprint.get("/<agency>/persons/<uuid:person_id>")
@guard(Permission.REGISTRY_READ)
@blueprint.response(200, schemas.PersonSchema)
def show_person(agency: str, person_id: UUID) -> dict[str, Any]:
    """Everything about one person; the look is logged."""
    with door.transaction() as session:
        return doors.look_at(session, person_id)
