"""The bells of a worklist: half-way, past due, past the limit, and what was left behind.

What is due is a question to the database, asked with its own clock. Each bell takes what nobody else holds, a few
hundred at a time, and marks what it rang for in the same transaction: it rings once, however many workers ask.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from shared.bus import bell
from shared.bus.participant import Bell
from shared.events.referrals import ReferralEscalated, ReferralReminded, ReferralUnanswered
from shared.identity import revocation
from shared.referrals import announcing, commands, leaving
from shared.referrals.models import Referral
from shared.referrals.rules import OPEN, WAITING, Move
from shared.referrals.work import StageWork, Works, by_kind
from shared.storage import Database

EVERY = timedelta(seconds=5)
AT_ONCE = 500


def bells(service: str, works: Iterable[StageWork]) -> tuple[Bell, ...]:
    """The bells of a service's worklist, for its worker."""
    known = by_kind(works)

    @bell(service, "ring-deadlines", every=EVERY)
    def ring(database: Database) -> None:
        ring_deadlines(database, known)

    @bell(service, "forget-ends", every=timedelta(minutes=1))
    def forget(database: Database) -> None:
        forget_ends(database)

    return (ring, forget)


def ring_deadlines(database: Database, works: Works) -> int:
    """Escalate, remind and give back whatever is due by now; returns how many times it rang."""
    return (
        _until_done(database, escalate_overdue)
        + _until_done(database, remind_halfway)
        + _until_done(database, lambda session: expire_unanswered(session, works))
    )


def forget_ends(database: Database) -> None:
    """Let officers who have left go of what came to them late, and drop the ends that no token can meet any more."""
    with database.transaction() as session:
        leaving.let_go_of_late(session)
        revocation.forget(session)


def escalate_overdue(session: Session) -> int:
    """Tell the coordinator of open referrals past their due date."""
    late = _due(Referral.due_at, Referral.state.in_(OPEN), Referral.escalated_at.is_(None))
    found = _mark(session, late, escalated_at=func.kail_now())
    announcing.announce_each(session, ReferralEscalated, found)
    return len(found)


def remind_halfway(session: Session) -> int:
    """Remind of open referrals whose time is half gone; one that is late already was escalated instead."""
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
    silent = _due(Referral.expires_at, Referral.state.in_(WAITING))
    found = session.scalars(select(Referral).join(silent, Referral.id == silent.c.id)).all()
    closed = commands.close_without_work(session, works, found, Move.EXPIRE)
    announcing.announce_each(session, ReferralUnanswered, closed)
    return len(closed)


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
