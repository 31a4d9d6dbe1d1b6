"""What is known of groups and their members."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from services.intake.groups.models import BusinessGroup, GroupMember
from services.intake.groups.rules import KECAMATAN_CODE, MemberRole
from services.intake.registry.models import Person, Residence
from services.intake.registry.queries import ACTIVE
from shared import places
from shared.identity.areas import within
from shared.outages.rules import Owed
from shared.storage.arrays import among


@dataclass(frozen=True, slots=True)
class Membership:
    """A member as lists show her."""

    group_id: UUID
    person_id: UUID
    role: MemberRole
    name: str
    phone: str | None
    area: str


def groups_in(areas: Iterable[str]) -> Select[BusinessGroup]:
    """The groups of these areas."""
    return select(BusinessGroup).where(within(BusinessGroup.area, areas))


def owed(session: Session, now: datetime) -> Iterator[Owed]:
    """The groups that should have mended, merged or dissolved by now."""
    late = select(BusinessGroup).where(BusinessGroup.mend_by < now).order_by(BusinessGroup.mend_by)
    for each in session.scalars(late):
        if each.mend_by is not None:
            yield Owed(f"group {each.id}", each.office, each.mend_by)


def members_of(session: Session, group_ids: Collection[UUID]) -> dict[UUID, list[Membership]]:
    """The present members of each group, its leaders first, in one query."""
    found: dict[UUID, list[Membership]] = {each: [] for each in group_ids}
    order = {role: number for number, role in enumerate(MemberRole)}
    rows = session.execute(
        select(GroupMember.group_id, GroupMember.person_id, GroupMember.role, Person.name, Person.phone, Person.area)
        .join(Person, Person.id == GroupMember.person_id)
        .where(among(GroupMember.group_id, group_ids), GroupMember.left_on.is_(None))
    )
    for row in rows:
        found[row.group_id].append(Membership(*row))
    for members in found.values():
        members.sort(key=lambda each: (order[each.role], each.name))
    return found


def person_ids_of(session: Session, group_ids: Collection[UUID]) -> dict[UUID, Sequence[UUID]]:
    """The present members of each group by identifier."""
    rows = session.execute(
        select(GroupMember.group_id, func.array_agg(GroupMember.person_id))
        .where(among(GroupMember.group_id, group_ids), GroupMember.left_on.is_(None))
        .group_by(GroupMember.group_id)
    )
    found = dict(rows.all())
    return {each: found.get(each, []) for each in group_ids}


def sizes_of(session: Session, group_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many members each group has at present."""
    return {group: len(members) for group, members in person_ids_of(session, group_ids).items()}


def named(session: Session, words: str, among_these: Select[Any]) -> list[UUID]:
    """Which of these groups have names that contain all of the words."""
    wanted = [BusinessGroup.name.icontains(word, autoescape=True) for word in words.split()]
    return list(session.scalars(select(BusinessGroup.id).where(BusinessGroup.id.in_(among_these), *wanted)))


def areas_of(session: Session, group_ids: Collection[UUID]) -> dict[UUID, str]:
    """Where each group is at home."""
    rows = session.execute(select(BusinessGroup.id, BusinessGroup.area).where(among(BusinessGroup.id, group_ids)))
    return dict(rows.all())


def particulars(session: Session, group_ids: Sequence[UUID], shares: Collection[str]) -> dict[UUID, dict[str, Any]]:
    """The fields that a stage may see of each group; `phone` is the chair's, `members` their ids, names, roles."""
    groups = session.scalars(select(BusinessGroup).where(among(BusinessGroup.id, group_ids))).all()
    members = members_of(session, group_ids) if {"phone", "members"} & set(shares) else {}
    told: dict[UUID, dict[str, Any]] = {}
    for group in groups:
        own = members.get(group.id, [])
        known: dict[str, Any] = {
            "name": group.name,
            "village": places.name_of(group.area),
            "phone": next((each.phone for each in own if each.role is MemberRole.CHAIR), None),
            "members": [{"id": str(each.person_id), "name": each.name, "role": each.role.value} for each in own],
        }
        told[group.id] = {field: known[field] for field in shares if known.get(field)}
    return told


@dataclass(frozen=True, slots=True)
class Belonging:
    """A group to which somebody belongs, or belonged, from a day on and until a day."""

    group_id: UUID
    name: str
    role: MemberRole
    joined_on: date
    left_on: date | None

    def covers(self, first: date, last: date | None = None) -> bool:
        """Whether she belonged to it on a day, or on one of the days between two; `last` is open where None."""
        return (last is None or self.joined_on <= last) and (self.left_on is None or first < self.left_on)


def belonging_of(session: Session, person_ids: Collection[UUID]) -> list[Belonging]:
    """The groups of a person, all her records together, the latest first."""
    rows = session.execute(
        select(BusinessGroup.id, BusinessGroup.name, GroupMember.role, GroupMember.joined_on, GroupMember.left_on)
        .join(GroupMember, GroupMember.group_id == BusinessGroup.id)
        .where(among(GroupMember.person_id, person_ids))
        .order_by(GroupMember.joined_on.desc(), GroupMember.id)
    )
    return [Belonging(*row) for row in rows]


def possible_members(session: Session, group: BusinessGroup, limit: int = 200) -> Sequence[Person]:
    """Persons of the group's kecamatan, its own village first, who belong to no group yet."""
    taken = select(GroupMember.person_id).where(GroupMember.left_on.is_(None))
    return session.scalars(
        select(Person)
        .where(ACTIVE, within(Person.area, [group.area[:KECAMATAN_CODE]]), Person.id.not_in(taken))
        .order_by(Person.area != group.area, Person.id)
        .limit(limit)
    ).all()


def people_to_propose(
    session: Session, group: BusinessGroup, *, village: str, name: str, chosen: Collection[UUID], most: int
) -> tuple[Sequence[Person], Sequence[Person], int]:
    """Those who are chosen by now, some who might be beside them, and how many these are in all.

    They are narrowed to a village, and to names that contain some words. Names are encrypted, so that they are compared
    here; nobody is shown but whom this returns.
    """
    elsewhere = select(GroupMember.person_id).where(GroupMember.left_on.is_(None), GroupMember.group_id != group.id)
    possible = [ACTIVE, within(Person.area, [group.area[:KECAMATAN_CODE]]), Person.id.not_in(elsewhere)]
    listed = select(Person.id, Person.name).where(*possible, ~among(Person.id, chosen))
    if village:
        listed = listed.where(Person.area == village)
    words = name.casefold().split()
    rows = session.execute(listed.order_by(Person.area != group.area, Person.id))
    found = [each.id for each in rows if all(word in each.name.casefold() for word in words)]
    people = session.scalars(select(Person).where(*possible, among(Person.id, [*chosen, *found[:most]]))).all()
    known = {each.id: each for each in people}
    ticked = sorted((known[each] for each in chosen if each in known), key=lambda each: each.name)
    return ticked, [known[each] for each in found[:most]], len(found)


def moved_away(session: Session, group: BusinessGroup) -> set[UUID]:
    """Present members who lived in the group's village when they joined, and have moved elsewhere since."""
    rows = session.scalars(
        select(GroupMember.person_id)
        .join(Person, Person.id == GroupMember.person_id)
        .join(Residence, Residence.person_id == GroupMember.person_id)
        .where(
            *(GroupMember.group_id == group.id, GroupMember.left_on.is_(None)),
            *(Residence.area == group.area, Residence.until >= GroupMember.joined_on, Person.area != group.area),
        )
    )
    return set(rows)


def minutes_of(session: Session, group_ids: Collection[UUID]) -> dict[UUID, tuple[str | None, date | None]]:
    """The number and day of the minutes (berita acara) of each group's deliberation; None before it was held."""
    rows = session.execute(
        select(BusinessGroup.id, BusinessGroup.berita_acara, BusinessGroup.deliberated_on).where(
            among(BusinessGroup.id, group_ids)
        )
    )
    return {row.id: (row.berita_acara, row.deliberated_on) for row in rows}


def kin(session: Session, group: BusinessGroup) -> tuple[tuple[UUID, str] | None, list[tuple[UUID, str]]]:
    """The group that this one split from, if it did, and those that split from it: identifiers and names."""
    rows = session.execute(
        select(BusinessGroup.id, BusinessGroup.name)
        .where(or_(BusinessGroup.id == group.split_from, BusinessGroup.split_from == group.id))
        .order_by(BusinessGroup.id)
    ).all()
    origin = next(((row.id, row.name) for row in rows if row.id == group.split_from), None)
    return origin, [(row.id, row.name) for row in rows if row.id != group.split_from]
