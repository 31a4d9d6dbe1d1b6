"""What the services tell each other of their logs, so that nobody can cut one unseen."""

from datetime import date

from shared.events.envelope import Event, event
from shared.events.referrals import STAGE_SERVICES


@event("access-log-anchored", by=STAGE_SERVICES, about="log")
class AccessLogAnchored(Event):
    """A log of a service has so many lines, and this is the hash of the last of them."""

    log: str
    lines: int
    hash: str
    day: date


@event("sealed-log-anchored", by=("intake",), about="log")
class SealedLogAnchored(Event):
    """Of a log that nobody outside may know anything of, this seals the head of the day; it tells nothing else.

    It is another one every day, whether a line was added or not.
    """

    log: str
    seal: str
    day: date
