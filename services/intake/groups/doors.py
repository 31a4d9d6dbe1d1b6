"""What both doors of the groups do alike: whoever sees the members of a group leaves a trace."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from services.intake.groups import queries
from services.intake.groups.models import BusinessGroup
from services.intake.groups.queries import Membership
from services.intake.registry.models import Person
from shared.privacy import looks
from shared.web import door


def look_at(session: Session, group_id: UUID) -> tuple[BusinessGroup, list[Membership]]:
    """A group of the officer's areas with its members; the look at their names is logged."""
    officer = door.current_officer()
    group = session.get_one(BusinessGroup, group_id)
    officer.require(area=group.area)
    members = queries.members_of(session, [group_id])[group_id]
    looks.log_looks(session, officer, "person", [each.person_id for each in members], "group")
    return group, members


def look_for_proposals(
    session: Session, group: BusinessGroup, *, village: str, name: str, chosen: Collection[UUID], most: int
) -> tuple[Sequence[Person], Sequence[Person], int]:
    """Who is chosen by now, who else might be, and how many there are in all; the look at their names is logged."""
    found = queries.people_to_propose(session, group, village=village, name=name, chosen=chosen, most=most)
    shown = [each.id for people in found[:2] for each in people]
    looks.log_looks(session, door.current_officer(), "person", shown, "group members wanted")
    return found


def look_for_members(session: Session, group: BusinessGroup) -> Sequence[Person]:
    """Persons of the group's kecamatan who belong to no group; the look at their names is logged."""
    people = queries.possible_members(session, group)
    looks.log_looks(session, door.current_officer(), "person", [each.id for each in people], "group members wanted")
    return people
