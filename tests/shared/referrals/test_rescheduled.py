"""Dates counted anew: every service takes them for what is open, and its bells ring by the area's own days."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from shared import calendars
from shared.events.intake import CalendarChanged, CalendarDay, DayKind, StageOffered, StageRescheduled
from shared.kernel import calendar, clock
from shared.kernel.ids import new_id
from shared.referrals import commands, jobs
from shared.referrals.handlers import hear_stages_offered, hear_stages_rescheduled
from shared.referrals.models import Referral
from shared.referrals.rules import Lateness
from shared.referrals.work import by_kind
from shared.storage import Database
from tests.shared.referrals.offers import PARTICULARS, CountedSessions, heard, offer, officer

WORKS = by_kind([CountedSessions()])
LATER = timedelta(days=3)


def rescheduled(of: StageOffered, by: timedelta = LATER, number: str = "1/2026") -> StageRescheduled:
    return StageRescheduled(
        journey_id=of.journey_id,
        referral_id=of.referral_id,
        stage=of.stage,
        does=of.does,
        agency=of.agency,
        office=of.office,
        remind_at=of.remind_at + by,
        due_at=of.due_at + by,
        due_before=of.due_at,
        expires_at=of.expires_at + by if of.expires_at else None,
        decree_number=number,
        decreed_on=date(2026, 11, 30),
    )


def offered(base: Database, *given: StageOffered) -> None:
    with base.transaction() as session:
        hear_stages_offered(session, [heard(each, PARTICULARS) for each in given], works=WORKS)


def hear(base: Database, *told: StageRescheduled) -> None:
    with base.transaction() as session:
        hear_stages_rescheduled(session, [heard(each) for each in told])


def row_of(base: Database, of: StageOffered) -> Any:
    with base.reading() as session:
        return session.get_one(Referral, of.referral_id)


def test_many_open_referrals_take_their_new_dates_and_keep_why_and_closed_ones_do_not(training_db: Database) -> None:
    given = [offer() for _ in range(5)]
    offered(training_db, *given)
    her = officer()
    with training_db.transaction() as session:
        commands.withdraw_referrals(session, WORKS, [given[4].referral_id], {})
        commands.accept_referrals(session, her, [given[3].referral_id])
    told = [rescheduled(each) for each in given]
    for _ in range(2):
        hear(training_db, *told)
    for each in given[:4]:
        row = row_of(training_db, each)
        assert (row.remind_at, row.due_at, row.expires_at) == (
            each.remind_at + LATER,
            each.due_at + LATER,
            each.expires_at + LATER if each.expires_at else None,
        )
        assert row.rescheduled["decree_number"] == "1/2026"
        assert datetime.fromisoformat(row.rescheduled["due_before"]) == each.due_at
    closed = row_of(training_db, given[4])
    assert (closed.due_at, closed.rescheduled) == (given[4].due_at, None)


def test_of_several_words_on_one_referral_the_last_counts(training_db: Database) -> None:
    given = offer()
    offered(training_db, given)
    hear(training_db, rescheduled(given, LATER, "1"), rescheduled(given, 2 * LATER, "2"))
    row = row_of(training_db, given)
    assert (row.due_at, row.rescheduled["decree_number"]) == (given.due_at + 2 * LATER, "2")


def test_who_was_reminded_is_not_reminded_again_and_what_was_escalated_rings_anew_at_its_new_date(
    training_db: Database,
) -> None:
    given = offer()
    offered(training_db, given)
    with training_db.transaction() as session:
        ago = clock.now() - timedelta(days=40)
        session.execute(
            update(Referral).values(
                offered_at=ago, remind_at=ago, due_at=clock.now() - timedelta(days=1), reminded_at=ago, escalated_at=ago
            )
        )
    assert row_of(training_db, given).lateness is Lateness.LATE
    hear(training_db, rescheduled(given))
    row = row_of(training_db, given)
    assert (row.reminded_at, row.remind_at, row.escalated_at) == (ago, ago, None)
    assert row.expires_at is not None
    assert given.expires_at is not None
    assert row.expires_at >= given.expires_at


@pytest.mark.parametrize(("region", "is_told_on"), [("64.02", False), ("52.71", True), ("64", False)])
def test_the_ladder_counts_the_working_days_of_the_referrals_area(
    training_db: Database, region: str, is_told_on: bool
) -> None:
    """Reminded on the last working day by the national calendar; the city's own has none since."""
    given = offer()
    offered(training_db, given)
    today = clock.today()
    last = today if calendar.is_working_day(today) else calendar.add_working_days(today, -1)
    reminded = calendar.start_of_day(last) - timedelta(seconds=1)
    off = [last + timedelta(days=each) for each in range((today - last).days + 1)]
    change = CalendarChanged(
        decree_id=new_id(),
        revision=1,
        region=region,
        number="1",
        decreed_on=today,
        days=[CalendarDay(day=each, kind=DayKind.HOLIDAY) for each in off],
    )
    with training_db.transaction() as session:
        calendars.note(session, [change])
        ago = clock.now() - timedelta(days=40)
        session.execute(
            update(Referral).values(
                offered_at=ago, remind_at=ago, due_at=clock.now() - timedelta(hours=1), reminded_at=reminded
            )
        )
    with training_db.transaction() as session:
        assert (jobs.escalate_overdue(session) == 1) is is_told_on
    with training_db.reading() as session:
        assert (session.scalars(select(Referral)).one().escalated_at is not None) is is_told_on
