"""What can be done in mentoring: plan a cohort, give a book its mentor, write in it, and close it after its term."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, Integer, Text, Uuid, column, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.training.mentoring import queries, rules
from services.training.mentoring.models import CashBook, CashEntry, Mentor, MentorCohort
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import clock, ids
from shared.kernel.calendar import add_months
from shared.kernel.errors import NotFound
from shared.privacy.fields import blind_indexes
from shared.privacy.renewal import pairs_of, take_over
from shared.referrals import commands as worklist
from shared.referrals.models import Referral
from shared.referrals.rules import Move, after
from shared.referrals.work import Completion
from shared.storage.rows import insert_rows
from shared.web import access

LONGEST_TERM = 12
"""Months. Source: assumption; a field-study term lasts weeks to a semester."""

FORGOTTEN = "–"
"""What an entry was for, after consent was taken back."""


def plan_cohort(
    session: Session,
    officer: Officer,
    *,
    title: str,
    begins_on: Any,
    ends_on: Any,
    mentors: Sequence[Mapping[str, Any]],
) -> MentorCohort:
    """Take in the students whom the officer's university sends for a term."""
    access.require(officer, Permission.MENTORS_RUN)
    if not begins_on < ends_on <= add_months(begins_on, LONGEST_TERM):
        raise rules.TermInvalid().at("ends_on")
    cohort = MentorCohort(
        id=ids.new_id(),
        agency=officer.agency,
        office=officer.office,
        title=title,
        begins_on=begins_on,
        ends_on=ends_on,
        planned_by=officer.id,
        mentors=[],
    )
    session.add(cohort)
    session.flush()
    return _join(session, cohort, mentors)


def add_mentors(
    session: Session, officer: Officer, cohort_id: UUID, mentors: Sequence[Mapping[str, Any]]
) -> MentorCohort:
    """Take more students into a cohort."""
    access.require(officer, Permission.MENTORS_RUN)
    return _join(session, queries.cohort(session, officer.office, cohort_id), mentors)


def set_account(
    session: Session, officer: Officer, cohort_id: UUID, mentor_id: UUID, account_id: UUID | None
) -> MentorCohort:
    """Let a mentor keep her cash books with an account of her own, or, without one, no longer."""
    access.require(officer, Permission.MENTORS_RUN)
    cohort = queries.cohort(session, officer.office, cohort_id)
    mentor = next((each for each in cohort.mentors if each.id == mentor_id), None)
    if mentor is None:
        raise NotFound(what="mentor")
    mentor.account_id = account_id
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as twice:
        raise rules.MentorTwice().at("account_id") from twice
    return cohort


def expect_referred(session: Session, referrals: Sequence[Referral]) -> None:
    """Lay out a cash book for each referred person or group; it begins with its mentor."""
    rows = [
        {
            "referral_id": each.id,
            "office": each.office,
            "area": each.area,
            "subject_kind": each.subject_kind,
            "subject_id": each.subject_id,
            "months": each.settings["months"],
            "entries_asked": each.settings["entries"],
        }
        for each in referrals
    ]
    insert_rows(session, CashBook, rows, unless_known=True)


def assign_mentor(session: Session, officer: Officer, mentor_id: UUID, referral_ids: Collection[UUID]) -> None:
    """Give accepted referrals their mentor, or another when a term is over; the book's own term begins once."""
    access.require(officer, Permission.MENTORS_ASSIGN)
    worklist.require_in_work(session, officer, referral_ids)
    mentor = session.get(Mentor, mentor_id)
    if mentor is None or mentor.cohort.office != officer.office:
        raise rules.UnknownMentor().at("mentor_id")
    today = clock.today()
    if mentor.cohort.ends_on < today:
        raise rules.CohortOver(day=mentor.cohort.ends_on.isoformat()).at("mentor_id")
    session.execute(
        update(CashBook)
        .where(CashBook.referral_id.in_(referral_ids), CashBook.mentor_id.is_distinct_from(mentor_id))
        .values(
            mentor_id=mentor_id,
            begins_on=func.coalesce(CashBook.begins_on, max(today, mentor.cohort.begins_on)),
            assigned_by=officer.id,
            assigned_at=func.kail_now(),
        )
        .execution_options(synchronize_session="fetch")
    )


def write_entries(
    session: Session, officer: Officer, referral_id: UUID, entries: Sequence[Mapping[str, Any]]
) -> CashBook:
    """Write entries at the end of a cash book: all of them, or none."""
    book = _book_to_write(session, officer, referral_id)
    first, today = book.begins_on, clock.today()
    for row, each in enumerate(entries):
        if first is None or each["happened_on"] < first:
            raise rules.BeforeTheBook(day=first.isoformat() if first else "–").at(f"entries.{row}.happened_on")
        if each["happened_on"] > today:
            raise rules.NotHappenedYet().at(f"entries.{row}.happened_on")
    last = _last_number(session, referral_id)
    rows = [
        {**each, "id": ids.new_id(), "referral_id": referral_id, "number": number, "written_by": officer.id}
        for number, each in enumerate(entries, last + 1)
    ]
    session.execute(insert(CashEntry), rows)
    return book


def correct_entry(session: Session, officer: Officer, referral_id: UUID, number: int, why: str) -> CashBook:
    """Undo an entry by a counter-entry of the same day and amount; what was written stays to be read."""
    book = _book_to_write(session, officer, referral_id)
    wrong = session.scalar(select(CashEntry).where(CashEntry.referral_id == referral_id, CashEntry.number == number))
    if wrong is None:
        raise rules.NoSuchEntry(number=number).at("number")
    if wrong.corrects is not None:
        raise rules.CounterEntryStands(number=number)
    if session.scalar(select(CashEntry.id).where(CashEntry.referral_id == referral_id, CashEntry.corrects == number)):
        raise rules.CorrectedAlready(number=number)
    session.add(
        CashEntry(
            id=ids.new_id(),
            referral_id=referral_id,
            number=_last_number(session, referral_id) + 1,
            happened_on=wrong.happened_on,
            direction=wrong.direction.opposite,
            amount=wrong.amount,
            what=why,
            corrects=number,
            written_by=officer.id,
        )
    )
    session.flush()
    return book


def conclude(session: Session, referrals: Sequence[Referral]) -> list[Completion]:
    """Close cash books whose term is over: kept when every month has enough entries; raises TermUnderWay."""
    books = {
        each.referral_id: each
        for each in session.scalars(
            select(CashBook)
            .where(CashBook.referral_id.in_([each.id for each in referrals]))
            .order_by(CashBook.referral_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    lines, today = queries.lines_of(session, list(books)), clock.today()
    ends: dict[UUID, rules.Kept] = {}
    for referral_id, book in books.items():
        if book.begins_on is None:
            raise rules.MentorMissing().at("mentor_id")
        last = rules.last_day(book.begins_on, book.months)
        if today <= last:
            raise rules.TermUnderWay(day=last.isoformat()).at("_")
        ends[referral_id] = rules.kept(book.begins_on, book.months, book.entries_asked, lines[referral_id])
    _close(session, ends)
    return [_completion(ends[each.id]) for each in referrals]


def let_go(session: Session, referrals: Sequence[Referral]) -> None:
    """Close the books of referrals that are no longer this office's: their mentors see them no more."""
    session.execute(
        update(CashBook)
        .where(CashBook.referral_id.in_([each.id for each in referrals]))
        .values(left_at=func.kail_now())
        .execution_options(synchronize_session=False)
    )


def forget_wording(session: Session, referrals: Sequence[Referral]) -> None:
    """Put a dash where entries say what they were for, which may name people; days and amounts stay."""
    session.execute(
        update(CashEntry)
        .where(CashEntry.referral_id.in_([each.id for each in referrals]))
        .values(what=FORGOTTEN)
        .execution_options(synchronize_session=False)
    )


def _join(session: Session, cohort: MentorCohort, mentors: Sequence[Mapping[str, Any]]) -> MentorCohort:
    known = [blind_indexes(each["student_number"], f"student-number {cohort.office}") for each in mentors]
    take_over(session, [Mentor.student_number_index], [pair for each in known for pair in pairs_of(each)])
    rows = [
        {
            **each,
            "id": ids.new_id(),
            "cohort_id": cohort.id,
            "student_number_index": index,
        }
        for each, (index, *_) in zip(mentors, known, strict=True)
    ]
    if rows:
        try:
            with session.begin_nested():
                session.execute(insert(Mentor), rows)
        except IntegrityError as twice:
            raise rules.MentorTwice().at("mentors") from twice
    session.refresh(cohort)
    return cohort


def _book_to_write(session: Session, officer: Officer, referral_id: UUID) -> CashBook:
    """A book that this officer or mentor may write in now, behind the lock of its referral."""
    access.require(officer, Permission.CASH_BOOKS_WRITE)
    found = worklist.locked(session, [referral_id])
    if not found:
        raise NotFound(what="cash book")
    book = queries.visible_book(session, officer, referral_id)
    after(found[0].state, Move.COMPLETE)
    return book


def _last_number(session: Session, referral_id: UUID) -> int:
    return session.scalar(select(func.max(CashEntry.number)).where(CashEntry.referral_id == referral_id)) or 0


def _close(session: Session, ends: Mapping[UUID, rules.Kept]) -> None:
    rows = [
        {
            "id": str(referral_id),
            "outcome": each.outcome.value,
            "entries": each.entries,
            "income": each.income,
            "expense": each.expense,
            "months": each.months,
        }
        for referral_id, each in ends.items()
    ]
    told = (
        func.jsonb_to_recordset(literal(rows, JSONB))
        .table_valued(
            column("id", Uuid),
            column("outcome", Text),
            column("entries", Integer),
            column("income", BigInteger),
            column("expense", BigInteger),
            column("months", Integer),
        )
        .render_derived(name="told", with_types=True)
    )
    session.execute(
        update(CashBook)
        .where(CashBook.referral_id == told.c.id)
        .values(
            outcome=told.c.outcome,
            entries=told.c.entries,
            income=told.c.income,
            expense=told.c.expense,
            months_kept=told.c.months,
            ended_on=literal(clock.today(), Date),
        )
        .execution_options(synchronize_session=False)
    )


def _completion(end: rules.Kept) -> Completion:
    facts = {"entries": end.entries, "income": end.income, "expense": end.expense, "months": end.months}
    return Completion(end.outcome.value, facts)
