"""Which failures of protection concern an officer, how many are still to be told, and who they are."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, cast, exists, func, or_, select, union
from sqlalchemy.orm import Session

from services.intake.breaches.models import Breach, BreachPerson
from services.intake.groups.models import GroupMember
from services.intake.journeys.models import Journey
from services.intake.registry.models import ContactWish, Person
from services.intake.rights.rules import Waiting
from shared import places
from shared.events.intake import SubjectKind
from shared.identity.areas import within
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.kernel.errors import NotFound
from shared.outages.rules import Owed
from shared.web.paging import Page, page


def on_programme(programme: str) -> Select[Any]:
    """Everybody who is or was on the way in a programme, alone or in a group while she belonged to it."""
    travels = select(Journey.subject_id).where(
        Journey.programme == programme, Journey.subject_kind == SubjectKind.PERSON
    )
    belongs = (
        select(GroupMember.person_id)
        .join(Journey, Journey.subject_id == GroupMember.group_id)
        .where(
            Journey.programme == programme,
            GroupMember.joined_on <= func.coalesce(cast(Journey.ended_at, Date), clock.today()),
            or_(GroupMember.left_on.is_(None), GroupMember.left_on > cast(Journey.opened_at, Date)),
        )
    )
    # Of records that are one person, the one under which she is known.
    return select(func.coalesce(Person.merged_into, Person.id)).where(Person.id.in_(union(travels, belongs)))


def _visible(officer: Officer) -> Select[Any]:
    """What an officer's office has recorded, or what concerns somebody in her areas."""
    here = exists().where(BreachPerson.breach_id == Breach.id, within(BreachPerson.area, officer.areas))
    return select(Breach).where(or_(Breach.office == officer.office, here))


def how_many_wait(session: Session, officer: Officer) -> Waiting:
    """How many of them are untold, and how many of those are late."""
    due = untold(officer).subquery()
    late = func.count().filter(due.c.due_at < clock.now())
    return Waiting(*session.execute(select(func.count(), late).select_from(due)).one())


def untold(officer: Officer) -> Select[Any]:
    """Those of which somebody in her areas, or the authority, is still to be told."""
    somebody = exists().where(
        BreachPerson.breach_id == Breach.id, within(BreachPerson.area, officer.areas), BreachPerson.told_at.is_(None)
    )
    return _visible(officer).where(or_(Breach.authority_told_at.is_(None), somebody))


def owed(session: Session, now: datetime) -> Iterator[Owed]:
    """The failures of which everybody concerned and the authority should have been told by now, wherever."""
    somebody = exists().where(BreachPerson.breach_id == Breach.id, BreachPerson.told_at.is_(None))
    late = select(Breach.id, Breach.office, Breach.due_at).where(Breach.due_at < now)
    for row in session.execute(late.where(or_(Breach.authority_told_at.is_(None), somebody))):
        yield Owed(f"failure {row.id}", row.office, row.due_at)


def breach(session: Session, officer: Officer, breach_id: UUID) -> Breach:
    """One failure; raises NotFound also where it does not concern the officer."""
    found = session.scalar(_visible(officer).where(Breach.id == breach_id))
    if found is None:
        raise NotFound(what="breach")
    known: Breach = found
    return known


def breaches(session: Session, officer: Officer, after: str | None = None, limit: int = 50) -> Page[Breach]:
    """The failures that concern an officer, the latest first."""
    return page(session, _visible(officer), Breach.id, after=after, limit=limit, newest_first=True)


def lines(session: Session, officer: Officer, found: Collection[Breach]) -> list[dict[str, Any]]:
    """Failures with their clock, and how many in the officer's areas were told: numbers, no names."""
    rows = session.execute(
        select(BreachPerson.breach_id, func.count().label("all"), func.count(BreachPerson.told_at).label("told"))
        .where(BreachPerson.breach_id.in_([each.id for each in found]), within(BreachPerson.area, officer.areas))
        .group_by(BreachPerson.breach_id)
    )
    counts = {row[0]: (row[1], row[2]) for row in rows}
    return [_line(each, *counts.get(each.id, (0, 0))) for each in found]


def _line(found: Breach, concerned: int, told: int) -> dict[str, Any]:
    is_done = told == concerned and found.authority_told_at is not None
    return {
        **{name: getattr(found, name) for name in ("id", "office", "data", "cause", "what", "what_en", "measures")},
        **{name: getattr(found, name) for name in ("done", "done_en", "scope", "scope_value", "happened_from")},
        **{name: getattr(found, name) for name in ("happened_until", "found_at", "due_at", "recorded_at")},
        **{name: getattr(found, name) for name in ("authority_told_at", "authority_note")},
        "concerned": concerned,
        "told": told,
        "is_done": is_done,
        "is_overdue": not is_done and clock.now() > found.due_at,
    }


def persons(
    session: Session, officer: Officer, found: Breach, after: str | None = None, limit: int = 50
) -> Page[BreachPerson]:
    """Whom a failure concerns in the officer's areas."""
    statement = select(BreachPerson).where(BreachPerson.breach_id == found.id, within(BreachPerson.area, officer.areas))
    return page(session, statement, BreachPerson.person_id, after=after, limit=limit)


def named(session: Session, found: Collection[BreachPerson]) -> list[dict[str, Any]]:
    """These persons with their names, phones, and how they wish to be reached."""
    rows = session.execute(
        select(Person.id, Person.name, Person.phone, ContactWish.wish)
        .outerjoin(ContactWish, ContactWish.person_id == Person.id)
        .where(Person.id.in_([each.person_id for each in found]))
    )
    known = {row.id: row for row in rows}
    return [
        {
            "person_id": each.person_id,
            "name": known[each.person_id].name,
            "phone": known[each.person_id].phone,
            "contact_wish": known[each.person_id].wish,
            "village": places.name_of(each.area),
            "told_at": each.told_at,
            "way": each.way,
        }
        for each in found
    ]


def of_person(session: Session, person_ids: list[UUID]) -> list[dict[str, Any]]:
    """The failures that concern a person, for herself."""
    rows = session.execute(
        select(Breach, BreachPerson.told_at, BreachPerson.way)
        .join(BreachPerson, BreachPerson.breach_id == Breach.id)
        .where(BreachPerson.person_id.in_(person_ids))
        .order_by(Breach.found_at)
    )
    return [
        {"data": found.data, "cause": found.cause, "found_at": found.found_at, "told_at": told_at, "way": way}
        for found, told_at, way in rows
    ]
