"""Look at the own log and tell another service of its head."""

from datetime import date

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.anchors import queries
from shared.anchors.logs import LOOKS, ChainedLog
from shared.anchors.models import Anchor, LogCheck
from shared.bus.log import announce
from shared.events.anchors import AccessLogAnchored, SealedLogAnchored
from shared.kernel import clock
from shared.privacy.chain import BEGINNING

UNTOLD = 0
"""In place of the number of lines of a log that nobody outside may know."""


def look_at_own_log(session: Session, service: str, log: ChainedLog = LOOKS) -> LogCheck | None:
    """Once a day: walk on from where the last look ended, hold it against the heads that were told, and tell the new.

    Answers None where it was done today. A log that does not hold is told of no further, and stays named as broken.
    """
    name, today = log.of(service), clock.today()
    known = queries.last_check(session, name)
    if known is not None and known.day >= today:
        return None
    wrong = next(queries.not_as_told(session, log, queries.told_of(session, name)), None)
    sound = known is not None and known.broken_at is None and wrong is None
    found = log.walk(session, (known.lines, known.hash) if known is not None and sound else BEGINNING)
    broken_at = wrong.lines if wrong is not None else found.broken_at
    check = {"day": today, "checked_at": clock.now(), "lines": found.count, "hash": found.hash, "broken_at": broken_at}
    session.execute(
        insert(LogCheck).values(log=name, **check).on_conflict_do_update(index_elements=["log"], set_=check)
    )
    if broken_at is None:
        note(session, name, found.count, found.hash)
        announce(session, AccessLogAnchored(log=name, lines=found.count, hash=found.hash.hex(), day=today))
    return session.get(LogCheck, name, populate_existing=True)


def tell_seal(session: Session, log: str, day: date, seal: bytes) -> None:
    """Tell another service of the seal of a day, once."""
    if note(session, log, UNTOLD, seal):
        announce(session, SealedLogAnchored(log=log, seal=seal.hex(), day=day))


def note(session: Session, log: str, lines: int, head: bytes) -> bool:
    """Keep a head that was told or heard; the same one twice is one. Says whether it is new."""
    row = {"log": log, "lines": lines, "hash": head, "day": clock.today(), "noted_at": clock.now()}
    kept = insert(Anchor).values(row).on_conflict_do_nothing().returning(Anchor.day)
    return session.scalar(kept) is not None
