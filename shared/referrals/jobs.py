"""The bells of a worklist: half-way, past due, past the limit, and what was left behind.

What is due is a question to the database, asked with its own clock. Each bell takes what nobody else holds, a few
hundred at a time, and marks what it rang for in the same transaction: it rings once, however many workers ask.

The bells are a ladder: each step counts from the one before it that really rang, and no two ring within one working
day. So nobody is told on, and nothing is taken away, because Kail stood still. The due date itself never moves.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from shared import calendars
from shared.bus import bell
from shared.bus.participant import Bell
from shared.events.referrals import ReferralEscalated, ReferralReminded, ReferralUnanswered
from shared.identity import revocation
from shared.kernel import calendar, clock
from shared.kernel.calendar import NATIONAL, Days
from shared.referrals import announcing, commands, leaving
from shared.referrals.bulk import commands as bulk
from shared.referrals.models import Referral
from shared.referrals.rules import OPEN, WAITING, Move
from shared.referrals.work import StageWork, Works, by_kind
from shared.storage import Database
from shared.storage.clock import now_of

EVERY = timedelta(seconds=5)
AT_ONCE = 500
BULK_EVERY = timedelta(seconds=2)
WORKS_FOR = 1.0
"""Seconds for which a ring works on runs in bulk before it lets others have the worker."""


def bells(service: str, works: Iterable[StageWork]) -> tuple[Bell, ...]:
    """The bells of a service's worklist, for its worker."""
    known = by_kind(works)

    @bell(service, "ring-deadlines", every=EVERY)
    def ring(database: Database) -> None:
        ring_deadlines(database, known)

    @bell(service, "forget-ends", every=timedelta(minutes=1))
    def forget(database: Database) -> None:
        forget_ends(database)

    @bell(service, "work-in-bulk", every=BULK_EVERY)
    def work(database: Database) -> None:
        work_in_bulk(database, known)

    @bell(service, "forget-bulk", every=timedelta(hours=1))
    def forget_bulk(database: Database) -> None:
        with database.transaction() as session:
            bulk.forget(session)

    return (ring, forget, work, forget_bulk)


def ring_deadlines(database: Database, works: Works) -> int:
    """Escalate, remind and give back whatever is due by now; returns how many times it rang."""
    return (
        _until_done(database, remind_halfway)
        + _until_done(database, escalate_overdue)
        + _until_done(database, lambda session: expire_unanswered(session, works))
    )


def work_in_bulk(database: Database, works: Works) -> int:
    """Do pieces of the runs that are under way for about a second, in turns; the number of pieces.

    No longer, because the same worker hears events: the next ring goes on, and so does it after a crash.
    """
    begun, pieces = time.monotonic(), 0
    with database.reading() as session:
        runs = deque(bulk.under_way(session))
    while runs and time.monotonic() - begun < WORKS_FOR:
        run_id = runs.popleft()
        if bulk.go_on(database, works, run_id):
            runs.append(run_id)
            pieces += 1
    return pieces


def forget_ends(database: Database) -> None:
    """Let officers who have left go of what came to them late, and drop the ends that no token can meet any more."""
    with database.transaction() as session:
        leaving.let_go_of_late(session)
        revocation.forget(session)


def escalate_overdue(session: Session) -> int:
    """Tell the coordinator of open referrals past their due date, at the earliest a working day after the reminder.

    An office that is told on late, because Kail stood still, has the whole time of grace from then on.
    """
    late = _due(
        Referral.due_at,
        Referral.state.in_(OPEN),
        Referral.escalated_at.is_(None),
        Referral.reminded_at < _a_working_day_before(session, today := _today(session)),
    )
    found = _mark(session, late, escalated_at=func.kail_now())
    announcing.announce_each(session, ReferralEscalated, found)
    _give_grace_anew(session, found, today)
    return len(found)


def remind_halfway(session: Session) -> int:
    """Remind of open referrals whose time is half gone, or more where nobody has reminded of them yet."""
    half = _due(
        Referral.remind_at,
        Referral.state.in_(OPEN),
        Referral.reminded_at.is_(None),
        Referral.escalated_at.is_(None),
    )
    found = _mark(session, half, reminded_at=func.kail_now())
    announcing.announce_each(session, ReferralReminded, found)
    return len(found)


def expire_unanswered(session: Session, works: Works) -> int:
    """Give back what no office took on within the limit; what was accepted stays with its office, however late."""
    told_on = Referral.escalated_at < _a_working_day_before(session, _today(session))
    silent = _due(Referral.expires_at, Referral.state.in_(WAITING), told_on)
    found = session.scalars(select(Referral).join(silent, Referral.id == silent.c.id)).all()
    closed = commands.close_without_work(session, works, found, Move.EXPIRE)
    announcing.announce_each(session, ReferralUnanswered, closed)
    return len(closed)


def _today(session: Session) -> date:
    """The day by the database's own clock, in the deployment's zone."""
    return now_of(session).astimezone(clock.zone()).date()


def _a_working_day_before(session: Session, today: date) -> Any:
    """Before this moment the step before must have rung: the beginning of the area's last working day up to today."""

    def last(days: Days) -> datetime:
        return calendar.start_of_day(
            today if calendar.is_working_day(today, days) else calendar.add_working_days(today, -1, days)
        )

    cities, usual = calendars.current(session), last(NATIONAL)
    own = [(each, last(cities.of(each))) for each in cities.regions]
    if all(moment == usual for _, moment in own):
        return usual
    return case(*((calendars.inside(Referral.area, [each]), moment) for each, moment in own), else_=usual)


def _give_grace_anew(session: Session, escalated: Iterable[Referral], today: date) -> None:
    """Let a silent office have as many working days after it was told on as after the due date, where that is later."""
    later, cities = [], calendars.current(session)
    for each in escalated:
        days = cities.of(each.area)
        due_on = each.due_at.astimezone(clock.zone()).date()
        if each.expires_at is None or today <= calendar.add_working_days(due_on, 1, days):
            continue
        grace = calendar.working_days_between(due_on, each.expires_at.astimezone(clock.zone()).date(), days)
        expires_at = calendar.end_of_day(calendar.add_working_days(today, grace, days))
        if expires_at > each.expires_at:
            later.append({"id": each.id, "expires_at": expires_at})
    if later:
        session.execute(update(Referral), later)


def _due(moment: InstrumentedAttribute[Any], *conditions: ColumnElement[bool]) -> Any:
    # A CTE that locks is never folded into the statement around it, so LIMIT holds and each row is taken once.
    return (
        select(Referral.id)
        .where(*conditions, moment <= func.kail_now())
        .order_by(moment)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
        .cte("due")
    )


def _mark(session: Session, due: Any, **values: Any) -> list[Referral]:
    # `revision` stays: a reminder must not make an officer's form stale while she fills it in.
    return list(
        session.scalars(
            update(Referral).where(Referral.id == due.c.id).values(**values).returning(Referral),
            execution_options={"populate_existing": True, "synchronize_session": False},
        )
    )


def _until_done(database: Database, ring: Callable[[Session], int]) -> int:
    rang = 0
    while True:
        with database.transaction() as session:
            found = ring(session)
        rang += found
        if found < AT_ONCE:
            return rang
