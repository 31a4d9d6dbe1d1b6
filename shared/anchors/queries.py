"""Whether a log still is what its heads said of it."""

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.anchors.models import Anchor, LogCheck
from shared.privacy.looks import Look


def name_of(service: str) -> str:
    """What a service's log of looks is called among all."""
    return f"{service}.look"


def told_of(session: Session, service: str) -> list[Anchor]:
    """What this database knows of a service's log of looks, the oldest first."""
    return list(session.scalars(select(Anchor).where(Anchor.log == name_of(service)).order_by(Anchor.lines)))


def not_as_told(session: Session, anchors: Iterable[Anchor]) -> Iterator[Anchor]:
    """Those heads that the log of this database does not bear out: the line is gone, or another stands there."""
    for each in anchors:
        if each.lines and session.scalar(select(Look.hash).where(Look.seq == each.lines)) != each.hash:
            yield each


def last_check(session: Session, service: str) -> LogCheck | None:
    """What the last daily look at the own log of looks found."""
    return session.get(LogCheck, name_of(service))
