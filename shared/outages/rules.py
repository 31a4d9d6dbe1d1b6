"""What counts as an outage, and which moments lie in one.

Pure: no database, no clock of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

RINGS_EVERY = timedelta(minutes=1)
OUTAGE_AFTER = 15 * RINGS_EVERY
"""How long no bell must have rung for the time to be kept. Source: assumption (decision 21)."""


@dataclass(frozen=True, slots=True)
class Owed:
    """Something that is past the date by which somebody owed it; `what` names nobody."""

    what: str
    office: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which no bell rang, in the domain's time; without an end it still lasts."""

    began_at: datetime
    ended_at: datetime | None
    put_ahead: timedelta = timedelta()

    def has(self, moment: datetime) -> bool:
        """Whether a moment passed in it: after the last bell before it, and not after the first one behind it."""
        return self.began_at < moment and (self.ended_at is None or moment <= self.ended_at)

    @property
    def seconds_ahead(self) -> float:
        """How much of it the clock was moved forward by hand, in seconds."""
        return self.put_ahead.total_seconds()

    def __str__(self) -> str:
        began = self.began_at.isoformat(timespec="minutes")
        return f"{began} to {self.ended_at.isoformat(timespec='minutes')}" if self.ended_at else f"{began} until now"


def is_outage(last: datetime, now: datetime, put_ahead: timedelta = timedelta()) -> bool:
    """Whether so much time lies between two bells that it is kept; days that a clock was moved by do not count."""
    return now - last - put_ahead > OUTAGE_AFTER


def gap_of(moment: datetime, gaps: Iterable[Gap]) -> Gap | None:
    """The time without bells in which a moment passed."""
    return next((each for each in gaps if each.has(moment)), None)
