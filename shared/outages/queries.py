"""When the bells rang last, and the times in which none did."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.outages import rules
from shared.outages.models import LastRing, Outage
from shared.outages.rules import Gap
from shared.storage.clock import DomainClock

SHOWN = 5


def last_ring(session: Session) -> LastRing | None:
    """When a bell last rang here; None where none ever has."""
    return session.scalar(select(LastRing))


def gaps(session: Session, most: int | None = None) -> list[Gap]:
    """The times without bells, the latest first, with the one that still lasts."""
    found = session.scalars(select(Outage).order_by(Outage.ended_at.desc()).limit(most))
    known = [Gap(each.began_at, each.ended_at, each.put_ahead) for each in found]
    return [*_lasting(session), *known][:most]


def _lasting(session: Session) -> list[Gap]:
    now, ahead = session.execute(select(func.kail_now(), select(DomainClock.ahead).scalar_subquery())).one()
    last = last_ring(session)
    if last is None:
        return []
    put_ahead = max(ahead - last.ahead, timedelta())
    return [Gap(last.at, None, put_ahead)] if rules.is_outage(last.at, now, put_ahead) else []
