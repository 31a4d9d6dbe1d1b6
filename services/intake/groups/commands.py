"""Founding groups and choosing their members."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from services.intake.groups import rules
from services.intake.groups.models import BusinessGroup, GroupMember
from services.intake.groups.rules import Chosen
from services.intake.registry.models import Person
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import calendar, clock

MEND_WITHIN = calendar.Within(30, "working day")
"""Below its minimum a group has 30 working days to replace, merge or dissolve: a rule of the programmes' practice."""


def create_group(session: Session, officer: Officer, *, name: str, area: str, line_of_business: str) -> BusinessGroup:
    """Found a group at a village; its members are chosen when its journey comes to the formation."""
    officer.require(Role.OFFICER, area=area)
    group = BusinessGroup(
        name=name.strip(),
        area=area,
        line_of_business=line_of_business.strip(),
        office=officer.office,
        created_by=officer.id,
        created_at=clock.now(),
    )
    session.add(group)
    session.flush()
    return group


def propose_members(session: Session, officer: Officer, group_id: UUID, person_ids: Sequence[UUID]) -> BusinessGroup:
    """Write down who might form the group, so that each can be verified before the deliberation; replaces the last."""
    group = session.get_one(BusinessGroup, group_id, with_for_update=True)
    officer.require(Role.OFFICER, area=group.area)
    if group.berita_acara is not None:
        raise rules.AlreadyDeliberated
    rules.check_proposal(person_ids)
    living_in = dict(session.execute(select(Person.id, Person.area).where(Person.id.in_(person_ids))).all())
    if living_in.keys() != set(person_ids):
        raise rules.UnknownMember
    rules.check_area(group.area, living_in)
    _refuse_members_of_others(session, group_id, person_ids)
    _enter(session, group_id, dict.fromkeys(person_ids, rules.MemberRole.MEMBER))
    return group


def choose_members(
    session: Session,
    group_id: UUID,
    chosen: Sequence[Chosen],
    *,
    least: int,
    most: int,
    berita_acara: str,
    deliberated_on: date,
) -> BusinessGroup:
    """Write down whom the deliberation chose; whoever was chosen before and is not named any more leaves."""
    rules.check_choice(chosen, most)
    group = session.get_one(BusinessGroup, group_id, with_for_update=True)
    people = {each.person_id: each.role for each in chosen}
    living_in = dict(session.execute(select(Person.id, Person.area).where(Person.id.in_(people))).all())
    if living_in.keys() != people.keys():
        raise rules.UnknownMember
    rules.check_area(group.area, living_in)
    _refuse_members_of_others(session, group_id, people)
    _enter(session, group_id, people)
    group.berita_acara, group.deliberated_on = berita_acara.strip(), deliberated_on
    group.least_members = least
    group.frozen_at = group.mend_by = None
    return group


def replace_member(
    session: Session, officer: Officer, group_id: UUID, leaving: UUID, joining: UUID | None
) -> BusinessGroup:
    """Let a member go and, where there is one, another take her place and role.

    A group that falls below its minimum is frozen and has 30 working days to mend.
    """
    group = session.get_one(BusinessGroup, group_id, with_for_update=True)
    officer.require(Role.OFFICER, area=group.area)
    place = session.scalar(select(GroupMember).filter_by(group_id=group_id, person_id=leaving, left_on=None))
    if place is None:
        raise rules.NotAMember
    place.left_on = clock.today()
    session.flush()
    if joining is not None:
        area = session.scalar(select(Person.area).where(Person.id == joining))
        if area is None:
            raise rules.UnknownMember
        rules.check_area(group.area, {joining: area})
        _refuse_members_of_others(session, group_id, [joining])
        session.add(GroupMember(group_id=group_id, person_id=joining, role=place.role, joined_on=clock.today()))
        session.flush()
    present = session.scalars(select(GroupMember.id).filter_by(group_id=group_id, left_on=None)).all()
    if len(present) < (group.least_members or 0):
        group.frozen_at = group.frozen_at or clock.now()
        group.mend_by = group.mend_by or MEND_WITHIN.after(clock.now())
    else:
        group.frozen_at = group.mend_by = None
    return group


def _enter(session: Session, group_id: UUID, people: Mapping[UUID, rules.MemberRole]) -> None:
    today = clock.today()
    session.execute(
        update(GroupMember).where(GroupMember.group_id == group_id, GroupMember.left_on.is_(None)).values(left_on=today)
    )
    rows = [
        {"group_id": group_id, "person_id": person, "role": role, "joined_on": today} for person, role in people.items()
    ]
    session.execute(insert(GroupMember), rows)


def _refuse_members_of_others(session: Session, group_id: UUID, people: Collection[UUID]) -> None:
    taken = session.scalar(
        select(GroupMember.id)
        .where(GroupMember.person_id.in_(people), GroupMember.left_on.is_(None), GroupMember.group_id != group_id)
        .limit(1)
    )
    if taken is not None:
        raise rules.AlreadyInGroup
