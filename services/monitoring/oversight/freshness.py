"""How fresh the figures are: under which name they stand now."""

import hashlib

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.monitoring.flow.models import TouchedJourney
from services.monitoring.flow.rules import local_day
from shared.bus.models import Cursor
from shared.kernel import clock

PROJECTION = "monitoring.figures"
SHORT = 16


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
