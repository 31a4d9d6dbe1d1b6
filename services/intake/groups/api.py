"""Door 1 for programs: founding groups, looking at them, replacing a member."""

from typing import Any
from uuid import UUID

from services.intake.groups import commands, doors, queries, schemas
from services.intake.groups.models import BusinessGroup
from shared.identity.permissions import Permission
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard

blueprint = Blueprint("groups", __name__, description="Business groups and their members")


@blueprint.get("/<agency>/groups")
@guard(Permission.GROUPS_READ)
@blueprint.arguments(schemas.GroupQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.Group))
def list_groups(query: dict[str, Any], agency: str) -> paging.Page[dict[str, Any]]:
    """The groups of the officer's areas."""
    officer = door.current_officer()
    area = query.pop("area")
    if area:
        officer.require(area=area)
    with door.reading() as session:
        page = paging.page(
            session, queries.groups_in([area] if area else officer.areas), BusinessGroup.id, newest_first=True, **query
        )
        return paging.Page([_shown(group) for group in page.items], page.next)


@blueprint.post("/<agency>/groups")
@guard(Permission.GROUPS_CHANGE)
@blueprint.arguments(schemas.GroupFounded)
@blueprint.response(201, schemas.Group)
def found_group(given: dict[str, Any], agency: str) -> dict[str, Any]:
    """Found a group; its members are chosen at the formation stage of its journey."""
    with door.transaction() as session:
        return _shown(commands.create_group(session, door.current_officer(), **given))


@blueprint.get("/<agency>/groups/<uuid:group_id>")
@guard(Permission.GROUPS_READ)
@blueprint.response(200, schemas.Group)
def show_group(agency: str, group_id: UUID) -> dict[str, Any]:
    """A group with its members; the look at their names is logged."""
    with door.transaction() as session:
        group, members = doors.look_at(session, group_id)
        return {**_shown(group), "members": members, "moved_away": sorted(queries.moved_away(session, group))}


@blueprint.get("/<agency>/groups/<uuid:group_id>/candidates")
@guard(Permission.GROUPS_CHANGE)
@blueprint.response(200, schemas.PossibleMember(many=True))
def possible_members(agency: str, group_id: UUID) -> Any:
    """Persons of the group's kecamatan who belong to no group; the look at their names is logged."""
    officer = door.current_officer()
    with door.transaction() as session:
        group = session.get_one(BusinessGroup, group_id)
        officer.require(area=group.area)
        return doors.look_for_members(session, group)


@blueprint.post("/<agency>/groups/<uuid:group_id>/proposals")
@guard(Permission.GROUPS_CHANGE)
@blueprint.arguments(schemas.MembersProposed)
@blueprint.response(200, schemas.Group)
def propose_members(given: dict[str, Any], agency: str, group_id: UUID) -> dict[str, Any]:
    """Say who might form the group, so that they can be verified before the deliberation."""
    with door.transaction() as session:
        return _shown(commands.propose_members(session, door.current_officer(), group_id, given["person_ids"]))


@blueprint.post("/<agency>/groups/<uuid:group_id>/replacements")
@guard(Permission.GROUPS_CHANGE)
@blueprint.arguments(schemas.MemberReplaced)
@blueprint.response(200, schemas.Group)
def replace_member(given: dict[str, Any], agency: str, group_id: UUID) -> dict[str, Any]:
    """Let a member go, and another take her place."""
    with door.transaction() as session:
        return _shown(commands.replace_member(session, door.current_officer(), group_id, **given))


@blueprint.post("/<agency>/groups/<uuid:group_id>/split")
@guard(Permission.GROUPS_CHANGE)
@blueprint.arguments(schemas.Splitting)
@blueprint.response(201, schemas.Apart)
def split_group(given: dict[str, Any], agency: str, group_id: UUID) -> dict[str, Any]:
    """Let members go apart: the group goes on with those who stay, the others are groups of their own."""
    with door.transaction() as session:
        made = commands.split_group(session, door.current_officer(), group_id, **given)
        return {"items": [_shown(each) for each in made]}


def _shown(group: BusinessGroup) -> dict[str, Any]:
    return {column.name: getattr(group, column.name) for column in BusinessGroup.__table__.columns}
