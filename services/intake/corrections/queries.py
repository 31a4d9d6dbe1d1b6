"""Which corrections wait for a decision, and what became of the others."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from services.intake.corrections.models import Correction
from services.intake.corrections.rules import UNDECIDED, CorrectionState
from services.intake.registry import mending
from services.intake.registry.models import Person
from services.intake.registry.rules import Detail
from services.intake.rights.rules import Waiting
from shared.identity import capacity
from shared.identity.areas import within
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.kernel.errors import NotFound
from shared.outages.rules import Owed
from shared.web.paging import Page, page

MOST_DECIDED = 50


def correction(session: Session, officer: Officer, correction_id: UUID) -> Correction:
    """One correction of the officer's agency and areas; raises NotFound also where it is not hers."""
    found = session.get(Correction, correction_id)
    if found is None or found.agency != officer.agency or not officer.works_in(found.area):
        raise NotFound(what="correction")
    return found


def undecided(session: Session, officer: Officer, after: str | None = None, limit: int = 50) -> Page[Correction]:
    """The corrections that wait for a decision in an officer's agency and areas, the most urgent first."""
    statement = select(Correction).where(*_ours(officer), Correction.decided_at.is_(None))
    return page(session, statement, Correction.due_at, Correction.id, after=after, limit=limit)


def for_her_to_decide(officer: Officer) -> Select[Any]:
    """The corrections that wait for this officer's decision: whoever noted one leaves it to somebody else."""
    return select(Correction).where(*_ours(officer), Correction.decided_at.is_(None), Correction.noted_by != officer.id)


def how_many_wait(session: Session, officer: Officer) -> Waiting:
    """How many corrections wait for a decision, and how many of them are late."""
    late = func.count().filter(Correction.due_at < clock.now())
    asked = select(func.count(), late).where(*_ours(officer), Correction.decided_at.is_(None))
    return Waiting(*session.execute(asked).one())


def owed(session: Session, now: datetime) -> Iterator[Owed]:
    """The corrections that should have been decided by now, wherever."""
    late = select(Correction.id, Correction.office, Correction.due_at)
    for row in session.execute(late.where(Correction.decided_at.is_(None), Correction.due_at < now)):
        yield Owed(f"correction {row.id}", row.office, row.due_at)


def decided(session: Session, officer: Officer) -> list[Correction]:
    """The latest that were decided."""
    statement = select(Correction).where(*_ours(officer), Correction.decided_at.is_not(None))
    return list(session.scalars(statement.order_by(Correction.decided_at.desc()).limit(MOST_DECIDED)))


def of_person(session: Session, person_ids: list[UUID]) -> list[dict[str, Any]]:
    """Everything that a person ever asked to have corrected, for herself, the earliest first."""
    found = session.scalars(
        select(Correction).where(Correction.person_id.in_(person_ids)).order_by(Correction.noted_at)
    )
    return [
        {
            "noted_at": each.noted_at,
            "state": each.state,
            "lines": _lines(each, each.before or {}),
            "decided_at": each.decided_at,
            "reason": each.reason,
            "explanation": each.explanation,
        }
        for each in found
    ]


def summaries(session: Session, found: list[Correction]) -> list[dict[str, Any]]:
    """Corrections as lists show them: whose, which details, and no values."""
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_({each.person_id for each in found})))
    names = {row.id: row.name for row in rows}
    return [
        {
            "id": each.id,
            "person": {"id": each.person_id, "name": names[each.person_id]},
            "office": each.office,
            "details": [Detail(detail) for detail in each.wanted],
            "state": each.state,
            "noted_at": each.noted_at,
            "due_at": each.due_at,
            "decided_at": each.decided_at,
            "is_overdue": (each.decided_at or clock.now()) > each.due_at,
        }
        for each in found
    ]


def described(session: Session, officer: Officer, found: Correction) -> dict[str, Any]:
    """A correction with what is held and what should stand there, as whoever decides sees it."""
    person = session.get_one(Person, found.person_id)
    before: dict[str, Any] = (
        dict(found.before)
        if found.before is not None
        else {detail.value: value for detail, value in mending.held(session, person).items()}
    )
    return {
        **summaries(session, [found])[0],
        "identified": found.identified,
        "seen": found.seen,
        "evidence": found.evidence,
        "lines": _lines(found, before),
        "in_review": found.state is CorrectionState.IN_REVIEW,
        "merged_into": person.merged_into,
        "may_decide": found.state in UNDECIDED and found.noted_by != officer.id,
        "told": [{"version": None} | each for each in found.told or ()],
        "reason": found.reason,
        "explanation": found.explanation,
        "signed_as": capacity.signature(session, found.decided_by, found.decided_at),
    }


def _lines(found: Correction, before: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"detail": Detail(detail), "before": before.get(detail), "wanted": value}
        for detail, value in found.wanted.items()
    ]


def _ours(officer: Officer) -> tuple[ColumnElement[bool], ...]:
    return Correction.agency == officer.agency, within(Correction.area, officer.areas)
