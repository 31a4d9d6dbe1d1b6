"""Which requests to see wait for an answer, and how those that were answered were answered."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from services.intake.disclosures.models import Disclosure
from services.intake.registry.models import Person
from services.intake.rights.rules import Waiting
from shared.identity.areas import within
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.kernel.errors import NotFound
from shared.outages.rules import Owed
from shared.web.paging import Page, page

MOST_ANSWERED = 50


def disclosure(session: Session, officer: Officer, disclosure_id: UUID) -> Disclosure:
    """One request of the officer's agency and areas; raises NotFound also where it is not hers."""
    found = session.get(Disclosure, disclosure_id)
    if found is None or found.agency != officer.agency or not officer.works_in(found.area):
        raise NotFound(what="request")
    return found


def waiting(session: Session, officer: Officer, after: str | None = None, limit: int = 50) -> Page[Disclosure]:
    """The requests that an officer's agency still has to answer in her areas, the most urgent first."""
    statement = select(Disclosure).where(*_open(officer))
    return page(session, statement, Disclosure.due_at, Disclosure.id, after=after, limit=limit)


def how_many_wait(session: Session, officer: Officer) -> Waiting:
    """How many requests that is, and how many of them are late."""
    late = func.count().filter(Disclosure.due_at < clock.now())
    return Waiting(*session.execute(select(func.count(), late).where(*_open(officer))).one())


def _open(officer: Officer) -> tuple[ColumnElement[bool], ...]:
    return Disclosure.agency == officer.agency, within(Disclosure.area, officer.areas), Disclosure.answered_at.is_(None)


def owed(session: Session, now: datetime) -> Iterator[Owed]:
    """The requests that should have been answered by now, wherever."""
    late = select(Disclosure.id, Disclosure.office, Disclosure.due_at)
    for row in session.execute(late.where(Disclosure.answered_at.is_(None), Disclosure.due_at < now)):
        yield Owed(f"request {row.id}", row.office, row.due_at)


def answered(session: Session, officer: Officer) -> list[Disclosure]:
    """The latest requests that were answered."""
    statement = select(Disclosure).where(
        Disclosure.agency == officer.agency, within(Disclosure.area, officer.areas), Disclosure.answered_at.is_not(None)
    )
    return list(session.scalars(statement.order_by(Disclosure.answered_at.desc()).limit(MOST_ANSWERED)))


def of_person(session: Session, person_ids: list[UUID]) -> list[Disclosure]:
    """Everything that a person ever asked to see, the latest first."""
    statement = select(Disclosure).where(Disclosure.person_id.in_(person_ids))
    return list(session.scalars(statement.order_by(Disclosure.asked_at.desc())))


def lines(session: Session, found: list[Disclosure]) -> list[dict[str, Any]]:
    """Requests as lists show them, with the names of those who asked."""
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_({each.person_id for each in found})))
    names = {row.id: row.name for row in rows}
    return [
        {
            "id": each.id,
            "person": {"id": each.person_id, "name": names[each.person_id]},
            "office": each.office,
            "asked_at": each.asked_at,
            "due_at": each.due_at,
            "identified": each.identified,
            "seen": each.seen,
            "answered_at": each.answered_at,
            "given": each.given,
            "is_overdue": (each.answered_at or clock.now()) > each.due_at,
        }
        for each in found
    ]
