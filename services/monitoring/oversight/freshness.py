"""How fresh the figures are: under which name they stand now, and what was heard last from each service."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.monitoring.flow.models import TouchedJourney
from services.monitoring.flow.rules import local_day
from shared.bus.models import Cursor
from shared.kernel import clock

PROJECTION = "monitoring.figures"
SHORT = 16


@dataclass(frozen=True)
class LastWord:
    """When the figures last heard of something in a service."""

    service: str
    heard_at: datetime


def state(session: Session) -> str:
    """A short name for all that was heard up to now, and the day: the same figures have the same name."""
    positions = session.execute(
        select(Cursor.source, Cursor.partition, Cursor.position)
        .where(Cursor.subscriber == PROJECTION)
        .order_by(Cursor.source, Cursor.partition)
    ).all()
    unsummed = session.scalar(select(func.min(TouchedJourney.seq)))
    told = repr(([tuple(each) for each in positions], unsummed, local_day(clock.now())))
    return hashlib.sha256(told.encode()).hexdigest()[:SHORT]


def last_words(session: Session) -> Sequence[LastWord]:
    """When each service was last heard, by its name."""
    rows = session.execute(
        select(Cursor.source, func.max(Cursor.moved_at))
        .where(Cursor.subscriber == PROJECTION, Cursor.position > 0)
        .group_by(Cursor.source)
        .order_by(Cursor.source)
    )
    return [LastWord(*row) for row in rows]
