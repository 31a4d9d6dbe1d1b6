"""What the services tell each other of their logs, so that nobody can cut one unseen."""

from datetime import date

from shared.events.envelope import Event, event
from shared.events.referrals import STAGE_SERVICES


@event("access-log-anchored", by=STAGE_SERVICES, about="log")
class AccessLogAnchored(Event):
    """A service's log of looks has so many lines, and this is the hash of the last of them."""

    log: str
    lines: int
    hash: str
    day: date
