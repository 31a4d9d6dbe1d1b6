"""Whether a log still is what its heads said of it."""

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.anchors.logs import ChainedLog
from shared.anchors.models import Anchor, LogCheck


def told_of(session: Session, log: str) -> list[Anchor]:
    """What this database knows of a log by its full name, the oldest first."""
    return list(session.scalars(select(Anchor).where(Anchor.log == log).order_by(Anchor.lines, Anchor.day)))


def not_as_told(session: Session, log: ChainedLog, anchors: Iterable[Anchor]) -> Iterator[Anchor]:
    """Those heads that a log of this database does not bear out: the line is gone, or another stands there."""
    told = [each for each in anchors if each.lines]
    lines = select(log.seq, log.hash).where(log.seq.in_({each.lines for each in told}))
    kept = dict(session.execute(lines).all())
    yield from (each for each in told if kept.get(each.lines) != each.hash)


def last_check(session: Session, log: str) -> LogCheck | None:
    """What the last daily look at an own log found."""
    return session.get(LogCheck, log)


def last_checks(session: Session, service: str) -> list[LogCheck]:
    """What the last daily look at each of a service's own logs found."""
    own = select(LogCheck).where(LogCheck.log.startswith(f"{service}.", autoescape=True)).order_by(LogCheck.log)
    return list(session.scalars(own))
