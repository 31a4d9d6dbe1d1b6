"""Keeping that a bell has rung, and for how long none had."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.outages import rules
from shared.outages.models import LastRing, Outage
from shared.storage.clock import DomainClock


def note_ring(session: Session) -> None:
    """Say that a bell rings now; where none had for long, keep that time.

    A clock that was set back (another server, a restored machine) begins anew from where it stands.
    """
    last = session.scalar(select(LastRing).with_for_update())
    now, ahead = _now(session)
    if last is None:
        session.execute(insert(LastRing).values(one=True, at=now, ahead=ahead).on_conflict_do_nothing())
        return
    put_ahead = max(ahead - last.ahead, timedelta())
    if rules.is_outage(last.at, now, put_ahead):
        gap = insert(Outage).values(began_at=last.at, ended_at=now, put_ahead=put_ahead)
        session.execute(gap.on_conflict_do_nothing())
    last.at, last.ahead = now, ahead


def _now(session: Session) -> tuple[datetime, timedelta]:
    row = session.execute(select(func.kail_now(), select(DomainClock.ahead).scalar_subquery())).one()
    return row[0], row[1]
