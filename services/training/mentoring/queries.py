"""What can be told of mentoring: an office's cohorts, a mentor's own cash books, and one book with its balance."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.training.mentoring import rules
from services.training.mentoring.models import CashBook, CashEntry, Mentor, MentorCohort
from services.training.mentoring.rules import Line, Month
from shared.identity.areas import within
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.identity.rules import Role
from shared.kernel import clock
from shared.kernel.errors import NotFound
from shared.web import access, roster
from shared.web.roster import KnownOfficer

LATEST_FIRST = (MentorCohort.begins_on, MentorCohort.id)
BOOKS_LATEST_FIRST = (CashBook.referral_id,)
OPEN_BOOK = CashBook.ended_on.is_(None) & CashBook.left_at.is_(None)


@dataclass(frozen=True, slots=True)
class Written:
    """An entry as the book shows it: with the cash in hand after it, and what undoes it."""

    entry: CashEntry
    balance: int
    corrected_by: int | None


@dataclass(frozen=True, slots=True)
class OpenedBook:
    """A cash book as it lies on the table."""

    book: CashBook
    entries: Sequence[Written]
    months: Sequence[Month]

    @property
    def balance(self) -> int:
        """The cash in hand."""
        return self.entries[-1].balance if self.entries else 0

    @property
    def ends_on(self) -> date | None:
        """The last day of the mentoring; None before it has begun."""
        return rules.last_day(self.book.begins_on, self.book.months) if self.book.begins_on else None


def cohorts(office: str) -> Select[Any]:
    """The cohorts of an office; read them by `LATEST_FIRST`."""
    return select(MentorCohort).where(MentorCohort.office == office)


def accounts(session: Session, office: str) -> list[KnownOfficer]:
    """The mentors who have come by at an office of late, by name."""
    return roster.of_office(session, office, {Role.MENTOR})


def cohort(session: Session, office: str, cohort_id: UUID) -> MentorCohort:
    """One cohort of an office; raises NotFound."""
    found: MentorCohort | None = session.scalar(cohorts(office).where(MentorCohort.id == cohort_id))
    if found is None:
        raise NotFound(what="cohort")
    return found


def serving(session: Session, office: str, today: date) -> list[Mentor]:
    """The mentors of an office whose term has not ended, the cohort that begins last first."""
    return list(
        session.scalars(
            select(Mentor)
            .join(MentorCohort)
            .where(MentorCohort.office == office, MentorCohort.ends_on >= today)
            .order_by(MentorCohort.begins_on.desc(), Mentor.id)
            .limit(200)
        )
    )


def books(session: Session, officer: Officer) -> Select[Any]:
    """The cash books that somebody may see; raises TermEnded for a mentor who served and no longer does."""
    found = select(CashBook).where(CashBook.office == officer.office, CashBook.mentor_id.is_not(None))
    if not officer.has(Role.MENTOR):
        return found.where(within(CashBook.area, officer.areas))
    today = clock.today()
    terms = session.scalars(
        select(MentorCohort)
        .join(Mentor)
        .where(Mentor.account_id == officer.id, MentorCohort.office == officer.office)
        .order_by(MentorCohort.ends_on)
    ).all()
    if terms and terms[-1].ends_on < today:
        raise rules.TermEnded(day=terms[-1].ends_on.isoformat())
    mine = select(Mentor.id).where(
        Mentor.account_id == officer.id,
        Mentor.cohort_id.in_([each.id for each in terms if each.begins_on <= today <= each.ends_on]),
    )
    return found.where(CashBook.mentor_id.in_(mine), OPEN_BOOK)


def visible_book(session: Session, officer: Officer, referral_id: UUID) -> CashBook:
    """A cash book that this officer or mentor may see; raises NotFound, TermNotBegun or TermEnded."""
    book = session.get(CashBook, referral_id)
    if book is None or book.office != officer.office or book.mentor_id is None:
        raise NotFound(what="cash book")
    if not officer.has(Role.MENTOR):
        access.require(officer, Permission.CASH_BOOKS_READ, area=book.area)
        return book
    mentor = session.get_one(Mentor, book.mentor_id)
    if mentor.account_id != officer.id or not book.is_open:
        raise NotFound(what="cash book")
    rules.require_term(mentor.cohort.begins_on, mentor.cohort.ends_on, clock.today())
    return book


def opened(session: Session, book: CashBook) -> OpenedBook:
    """A cash book with every entry, the cash in hand after each, and its months."""
    entries = session.scalars(
        select(CashEntry).where(CashEntry.referral_id == book.referral_id).order_by(CashEntry.number)
    ).all()
    lines = [each.line for each in entries]
    undone_by = {each.corrects: each.number for each in lines if each.corrects is not None}
    written = [
        Written(entry, balance, undone_by.get(entry.number))
        for entry, balance in zip(entries, rules.balances(lines), strict=True)
    ]
    months = rules.by_month(book.begins_on, book.months, lines) if book.begins_on else []
    return OpenedBook(book, written, months)


def lines_of(session: Session, referral_ids: Collection[UUID]) -> dict[UUID, list[Line]]:
    """The lines of several books at once, without what they were for."""
    rows: Sequence[Any] = session.execute(
        select(
            CashEntry.referral_id,
            CashEntry.number,
            CashEntry.happened_on,
            CashEntry.direction,
            CashEntry.amount,
            CashEntry.corrects,
        )
        .where(CashEntry.referral_id.in_(referral_ids))
        .order_by(CashEntry.referral_id, CashEntry.number)
    ).all()
    found: dict[UUID, list[Line]] = {each: [] for each in referral_ids}
    for referral_id, *line in rows:
        found[referral_id].append(Line(*line))
    return found
