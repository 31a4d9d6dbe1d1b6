"""Founding groups and choosing their members."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from services.intake.groups import rules
from services.intake.groups.models import BusinessGroup, GroupMember
from services.intake.groups.rules import Chosen, Placed
from services.intake.registry.models import Person
from services.intake.registry.queries import ACTIVE
from services.intake.registry.rules import require_unmerged
from shared import calendars
from shared.bus import announce
from shared.events.intake import GroupCounted, GroupFrozen, GroupMended, GroupSplit
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import calendar, clock, ids
from shared.kernel.errors import NotFound
from shared.web import access

MEND_WITHIN = calendar.Within(30, "working day")
"""Below its minimum a group has 30 working days to replace, merge or dissolve: a rule of the programmes' practice."""
MEND_SOURCE = "assumption: the programmes' practice; no regulation is known that says so"


def create_group(session: Session, officer: Officer, *, name: str, area: str, line_of_business: str) -> BusinessGroup:
    """Found a group at a village; its members are chosen when its journey comes to the formation."""
    access.require(officer, Permission.GROUPS_CHANGE, area=area)
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
    access.require(officer, Permission.GROUPS_CHANGE, area=group.area)
    if group.berita_acara is not None:
        raise rules.AlreadyDeliberated
    _refuse_dissolved(group)
    rules.check_proposal(person_ids)
    living_in = _living_in(session, person_ids)
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
    if deliberated_on > clock.today():
        raise rules.DeliberatedTomorrow().at("deliberated_on")
    group = session.get_one(BusinessGroup, group_id, with_for_update=True)
    _refuse_dissolved(group)
    people = {each.person_id: each.role for each in chosen}
    living_in = _living_in(session, people)
    if living_in.keys() != people.keys():
        raise rules.UnknownMember
    rules.check_area(group.area, living_in)
    _refuse_members_of_others(session, group_id, people)
    _enter(session, group_id, people)
    group.berita_acara, group.deliberated_on = berita_acara.strip(), deliberated_on
    group.least_members = least
    _thaw(session, group)
    return group


def replace_member(
    session: Session, officer: Officer, group_id: UUID, leaving: UUID | None, joining: UUID | None
) -> BusinessGroup:
    """Let a member go, another take her place and role, or one come in where a place is free.

    A group that falls below its minimum is frozen and has 30 working days to mend.
    """
    group = session.get_one(BusinessGroup, group_id, with_for_update=True)
    access.require(officer, Permission.GROUPS_CHANGE, area=group.area)
    _refuse_dissolved(group)
    role = _free_role(session, group) if leaving is None else _let_go(session, group, leaving)
    if joining is not None:
        living_in = _living_in(session, [joining])
        if not living_in:
            raise rules.UnknownMember
        rules.check_area(group.area, living_in)
        _refuse_members_of_others(session, group_id, [joining])
        session.add(GroupMember(group_id=group_id, person_id=joining, role=role, joined_on=clock.today()))
        session.flush()
    _freeze_or_thaw(session, group)
    return group


def dissolve_group(
    session: Session, officer: Officer, group_id: UUID, *, berita_acara: str, on: date, into: UUID | None = None
) -> BusinessGroup:
    """End a group by its members' deliberation; with `into` they all go over to that group, as members.

    Its journeys are not this function's: see `services.intake.changes`.
    """
    if group_id == into:
        raise rules.IntoItself().at("into")
    # Always locked in one order: two groups that merge into each other at once must not wait for each other.
    both = select(BusinessGroup).where(BusinessGroup.id.in_([group_id, into or group_id])).order_by(BusinessGroup.id)
    locked = {each.id: each for each in session.scalars(both.with_for_update())}
    if not locked.keys() >= {group_id, into or group_id}:
        raise NotFound(what="group")
    group = locked[group_id]
    access.require(officer, Permission.GROUPS_CHANGE, area=group.area)
    _refuse_dissolved(group)
    if on > clock.today():
        raise rules.DeliberatedTomorrow().at("on")
    members = session.scalars(select(GroupMember).filter_by(group_id=group_id, left_on=None)).all()
    for member in members:
        member.left_on = clock.today()
    group.dissolved_on, group.dissolved_by, group.merged_into = on, berita_acara.strip(), into
    group.frozen_at = group.mend_by = None
    session.flush()
    if into is not None:
        _take_over(session, officer, locked[into], [member.person_id for member in members])
    return group


def split_group(
    session: Session,
    officer: Officer,
    group_id: UUID,
    *,
    names: Sequence[str],
    members: Sequence[Placed],
    berita_acara: str,
    on: date,
) -> list[BusinessGroup]:
    """Let members go apart: the group goes on with those who stay, and for each name there is a new one; gives these.

    The journeys stay with the group that has set out (docs/decisions/0009-when-a-group-splits.md).
    """
    group = session.get(BusinessGroup, group_id, with_for_update=True)
    if group is None:
        raise NotFound(what="group")
    access.require(officer, Permission.GROUPS_CHANGE, area=group.area)
    _refuse_dissolved(group)
    if group.berita_acara is None:
        raise rules.NotYetFormed
    if on > clock.today():
        raise rules.DeliberatedTomorrow().at("on")
    present = {
        each.person_id: each for each in session.scalars(select(GroupMember).filter_by(group_id=group_id, left_on=None))
    }
    staying, *leaving = rules.split(present.keys(), members, len(names), group.least_members or 0)
    rules.check_area(group.area, _living_in(session, [each.person_id for part in leaving for each in part]))
    created = [
        BusinessGroup(
            name=name.strip(),
            area=group.area,
            line_of_business=group.line_of_business,
            office=group.office,
            created_by=officer.id,
            created_at=clock.now(),
            berita_acara=berita_acara.strip(),
            deliberated_on=on,
            least_members=group.least_members,
            split_from=group_id,
        )
        for name in names
    ]
    session.add_all(created)
    session.flush()
    _go_apart(session, group_id, present, staying, {new.id: part for new, part in zip(created, leaving, strict=True)})
    announce(
        session,
        GroupSplit(split_id=ids.new_id(), group_id=group_id, parts=[each.id for each in created], split_on=on),
        sealed={
            "grants": {
                "berita_acara": berita_acara.strip(),
                "names": {str(each.id): each.name for each in (group, *created)},
            }
        },
    )
    _freeze_or_thaw(session, group)
    return created


def leave_group(session: Session, person_id: UUID) -> UUID | None:
    """Let somebody who died leave her group, which may fall below its minimum; gives the group, where she had one."""
    place = session.scalar(select(GroupMember).filter_by(person_id=person_id, left_on=None))
    if place is None:
        return None
    group = session.get_one(BusinessGroup, place.group_id, with_for_update=True)
    place.left_on = clock.today()
    session.flush()
    _freeze_or_thaw(session, group)
    return group.id


def return_to_group(session: Session, person_id: UUID, group_id: UUID) -> bool:
    """Let somebody who had left by mistake be a member again, unless her place was taken or the group is no more."""
    group = session.get_one(BusinessGroup, group_id, with_for_update=True)
    former = session.scalar(
        select(GroupMember).filter_by(group_id=group_id, person_id=person_id).order_by(GroupMember.id.desc()).limit(1)
    )
    present = session.scalars(select(GroupMember).filter_by(group_id=group_id, left_on=None)).all()
    if former is None or former.left_on is None or group.dissolved_on is not None:
        return False
    joined_since = any(each.joined_on >= former.left_on for each in present)
    if joined_since and group.frozen_at is None:
        return False
    _refuse_members_of_others(session, group_id, [person_id])
    taken = former.role in rules.LEADERS and any(each.role is former.role for each in present)
    role = rules.MemberRole.MEMBER if taken else former.role
    session.add(GroupMember(group_id=group_id, person_id=person_id, role=role, joined_on=clock.today()))
    session.flush()
    _freeze_or_thaw(session, group)
    return True


def _take_over(session: Session, officer: Officer, group: BusinessGroup, people: Sequence[UUID]) -> None:
    access.require(officer, Permission.GROUPS_CHANGE, area=group.area)
    _refuse_dissolved(group)
    present = session.scalars(select(GroupMember.id).filter_by(group_id=group.id, left_on=None)).all()
    if len(present) + len(people) > rules.MOST_MEMBERS:
        raise rules.TooManyMembers(most=rules.MOST_MEMBERS).at("into")
    rules.check_area(group.area, _living_in(session, people))
    today = clock.today()
    role = rules.MemberRole.MEMBER
    session.add_all(GroupMember(group_id=group.id, person_id=person, role=role, joined_on=today) for person in people)
    session.flush()
    _freeze_or_thaw(session, group)


def _go_apart(
    session: Session,
    group_id: UUID,
    present: Mapping[UUID, GroupMember],
    staying: Sequence[Chosen],
    leaving: Mapping[UUID, Sequence[Chosen]],
) -> None:
    """End the memberships of those who leave or take another role, and begin those that follow, today."""
    moved = {group_id: [each for each in staying if present[each.person_id].role is not each.role], **leaving}
    today = clock.today()
    for part in moved.values():
        for each in part:
            present[each.person_id].left_on = today
    session.flush()
    session.add_all(
        GroupMember(group_id=to, person_id=each.person_id, role=each.role, joined_on=today)
        for to, part in moved.items()
        for each in part
    )
    session.flush()


def _let_go(session: Session, group: BusinessGroup, leaving: UUID) -> rules.MemberRole:
    place = session.scalar(select(GroupMember).filter_by(group_id=group.id, person_id=leaving, left_on=None))
    if place is None:
        raise rules.NotAMember
    place.left_on = clock.today()
    session.flush()
    return place.role


def _free_role(session: Session, group: BusinessGroup) -> rules.MemberRole:
    """The role of somebody who comes in while nobody goes: a leader's where one is missing."""
    if group.berita_acara is None:
        raise rules.NotYetFormed
    roles = session.scalars(select(GroupMember.role).filter_by(group_id=group.id, left_on=None)).all()
    if len(roles) >= rules.MOST_MEMBERS:
        raise rules.TooManyMembers(most=rules.MOST_MEMBERS).at("joining")
    return next((role for role in rules.LEADERS if role not in roles), rules.MemberRole.MEMBER)


def _freeze_or_thaw(session: Session, group: BusinessGroup) -> None:
    """Say how many members a group has since one came or went, and whether it can go on with so many."""
    present = session.scalars(select(GroupMember.id).filter_by(group_id=group.id, left_on=None)).all()
    announce(session, GroupCounted(group_id=group.id, members=len(present)))
    if len(present) >= (group.least_members or 0):
        _thaw(session, group)
    elif group.frozen_at is None:
        group.frozen_at = clock.now()
        group.mend_by = MEND_WITHIN.after(group.frozen_at, calendars.current(session).of(group.area))
        announce(session, GroupFrozen(group_id=group.id, frozen_at=group.frozen_at, mend_by=group.mend_by))


def _thaw(session: Session, group: BusinessGroup) -> None:
    if group.frozen_at is not None:
        announce(session, GroupMended(group_id=group.id, frozen_at=group.frozen_at))
    group.frozen_at = group.mend_by = None


def _refuse_dissolved(group: BusinessGroup) -> None:
    if group.dissolved_on is not None:
        raise rules.GroupDissolved


def _living_in(session: Session, people: Collection[UUID]) -> dict[UUID, str]:
    """Where these persons live; who died is left out. Raises RecordMerged for who is known under another record."""
    merged = select(Person.merged_into).where(Person.id.in_(people), Person.merged_into.is_not(None))
    require_unmerged(session.scalar(merged.limit(1)))
    return dict(session.execute(select(Person.id, Person.area).where(Person.id.in_(people), ACTIVE)).all())


def _enter(session: Session, group_id: UUID, people: Mapping[UUID, rules.MemberRole]) -> None:
    today = clock.today()
    session.execute(
        update(GroupMember).where(GroupMember.group_id == group_id, GroupMember.left_on.is_(None)).values(left_on=today)
    )
    rows = [
        {"group_id": group_id, "person_id": person, "role": role, "joined_on": today} for person, role in people.items()
    ]
    session.execute(insert(GroupMember), rows)
    announce(session, GroupCounted(group_id=group_id, members=len(rows)))


def _refuse_members_of_others(session: Session, group_id: UUID, people: Collection[UUID]) -> None:
    taken = session.scalar(
        select(GroupMember.id)
        .where(GroupMember.person_id.in_(people), GroupMember.left_on.is_(None), GroupMember.group_id != group_id)
        .limit(1)
    )
    if taken is not None:
        raise rules.AlreadyInGroup
