"""The domain's clock: real time plus an offset.

A woman's journey lasts more than a year. A demonstration and a test cannot wait for it, so every part of Kail asks
this clock, and a demonstration moves the offset. Security (tokens, sessions, rate limits) uses real time instead.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.kernel.settings import settings

_offset = timedelta()
_frozen: datetime | None = None


def now() -> datetime:
    """The moment it is for the domain, aware, in UTC."""
    return _frozen or datetime.now(UTC) + _offset


def zone() -> ZoneInfo:
    """The deployment's own time zone, in which deadlines are counted."""
    return ZoneInfo(settings().zone)


def today() -> date:
    """The domain's date in the deployment's zone."""
    return now().astimezone(zone()).date()


def offset() -> timedelta:
    """How far the domain is ahead of real time."""
    return _offset


def set_offset(ahead: timedelta) -> None:
    """Put the domain's clock ahead of real time by so much, for this process."""
    global _offset
    _offset = ahead


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Hold the clock still inside a test."""
    global _frozen
    before, _frozen = _frozen, at.astimezone(UTC)
    try:
        yield
    finally:
        _frozen = before
