"""Door 1 for programs: telling records apart or putting them together, deaths, and groups that end."""

from typing import Any
from uuid import UUID

from services.intake.changes import commands, doors, schemas
from services.intake.changes.models import PersonMerge
from services.intake.groups.models import BusinessGroup
from services.intake.registry.models import Person
from shared.identity.permissions import Permission
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard

blueprint = Blueprint("changes", __name__, description="What befalls people and groups on the way")


@blueprint.get("/<agency>/duplicates")
@guard(Permission.REGISTRY_READ)
@blueprint.arguments(paging.PageQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.Review))
def list_reviews(query: dict[str, Any], agency: str) -> paging.Page[dict[str, Any]]:
    """Records that were kept out because somebody else bears their NIK; the look is logged."""
    with door.transaction() as session:
        return doors.look_at_reviews(session, **query)


@blueprint.get("/<agency>/duplicates/decided")
@guard(Permission.REGISTRY_READ)
@blueprint.arguments(paging.PageQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.DecidedPair))
def list_decisions(query: dict[str, Any], agency: str) -> paging.Page[dict[str, Any]]:
    """The pairs that were decided on, the latest first, with who decided and on what; the look is logged."""
    with door.transaction() as session:
        return doors.look_at_decisions(session, **query)


@blueprint.post("/<agency>/duplicates/<uuid:review_id>/decision")
@guard(Permission.REGISTRY_CHANGE)
@blueprint.arguments(schemas.Decision)
@blueprint.response(200, schemas.Settled)
def settle_review(given: dict[str, Any], agency: str, review_id: UUID) -> Person:
    """Decide whether a record that was kept out is the same person, or somebody else without a NIK so far."""
    with door.transaction() as session:
        return commands.settle_review(session, door.current_officer(), review_id, **given)


@blueprint.get("/<agency>/merges")
@guard(Permission.REGISTRY_READ)
@blueprint.response(200, schemas.Merges)
def list_merges(agency: str) -> dict[str, Any]:
    """Which records were found to be one person, the latest first, also where that was undone."""
    with door.transaction() as session:
        return {"items": doors.look_at_merges(session)}


@blueprint.post("/<agency>/persons/<uuid:person_id>/merge")
@guard(Permission.REGISTRY_CHANGE)
@blueprint.arguments(schemas.Merging)
@blueprint.response(201, schemas.Merged)
def merge_person(given: dict[str, Any], agency: str, person_id: UUID) -> PersonMerge:
    """Say that a record is another one of the person who bears a NIK; both histories are kept."""
    with door.transaction() as session:
        return commands.merge_into_bearer(session, door.current_officer(), person_id, **given)


@blueprint.post("/<agency>/merges/<uuid:merge_id>/undo")
@guard(Permission.REGISTRY_CHANGE)
@blueprint.arguments(schemas.Undoing)
@blueprint.response(200, schemas.Merged)
def undo_merge(given: dict[str, Any], agency: str, merge_id: UUID) -> PersonMerge:
    """Take a merge back; both records stand alone again."""
    with door.transaction() as session:
        return commands.undo_merge(session, door.current_officer(), merge_id, **given)


@blueprint.post("/<agency>/persons/<uuid:person_id>/death")
@guard(Permission.REGISTRY_CHANGE)
@blueprint.arguments(schemas.Died)
@blueprint.response(200, schemas.Farewell)
def note_death(given: dict[str, Any], agency: str, person_id: UUID) -> commands.Farewell:
    """Note that somebody died: her own journeys end, her group's goods stay with the group."""
    with door.transaction() as session:
        return commands.note_death(session, door.current_officer(), person_id, **given)


@blueprint.get("/<agency>/deaths")
@guard(Permission.DEATHS_READ)
@blueprint.response(200, schemas.Deaths)
def list_deaths(agency: str) -> dict[str, Any]:
    """The latest deaths noted in the officer's areas, also where that was undone; the look is logged."""
    with door.transaction() as session:
        return {"items": doors.look_at_deaths(session)}


@blueprint.post("/<agency>/persons/<uuid:person_id>/death/undo")
@guard(Permission.DEATHS_UNDO)
@blueprint.arguments(schemas.Undoing)
@blueprint.response(200, schemas.Returned)
def undo_death(given: dict[str, Any], agency: str, person_id: UUID) -> commands.Return:
    """Undo a death that was noted by mistake; her journeys are opened anew by hand."""
    with door.transaction() as session:
        return commands.undo_death(session, door.current_officer(), person_id, **given)


@blueprint.post("/<agency>/groups/<uuid:group_id>/end")
@guard(Permission.GROUPS_CHANGE)
@blueprint.arguments(schemas.Ending)
@blueprint.response(200, schemas.Ended)
def end_group(given: dict[str, Any], agency: str, group_id: UUID) -> BusinessGroup:
    """Dissolve a group, or merge it into another, by its members' deliberation."""
    with door.transaction() as session:
        return commands.end_group(session, door.current_officer(), group_id, **given)
