"""Look at the own log and tell another service of its head."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.anchors import queries
from shared.anchors.models import Anchor, LogCheck
from shared.bus.log import announce
from shared.events.anchors import AccessLogAnchored
from shared.kernel import clock
from shared.privacy.looks import verify_looks


def look_at_own_log(session: Session, service: str) -> LogCheck | None:
    """Once a day: walk on from where the last look ended, hold it against the heads that were told, and tell the new.

    Answers None where it was done today. A log that does not hold is told of no further, and stays named as broken.
    """
    today, known = clock.today(), queries.last_check(session, service)
    if known is not None and known.day >= today:
        return None
    name = queries.name_of(service)
    wrong = next(queries.not_as_told(session, queries.told_of(session, service)), None)
    since = (known.lines, known.hash) if known is not None and known.broken_at is None and wrong is None else None
    found = verify_looks(session, since=since)
    broken_at = wrong.lines if wrong is not None else found.broken_at
    check = {"day": today, "checked_at": clock.now(), "lines": found.count, "hash": found.hash, "broken_at": broken_at}
    session.execute(
        insert(LogCheck).values(log=name, **check).on_conflict_do_update(index_elements=["log"], set_=check)
    )
    if broken_at is None:
        note(session, name, found.count, found.hash)
        announce(session, AccessLogAnchored(log=name, lines=found.count, hash=found.hash.hex(), day=today))
    return session.get(LogCheck, name, populate_existing=True)


def note(session: Session, log: str, lines: int, head: bytes) -> None:
    """Keep a head that was told or heard; the same one twice is one."""
    row = {"log": log, "lines": lines, "hash": head, "day": clock.today(), "noted_at": clock.now()}
    session.execute(insert(Anchor).values(row).on_conflict_do_nothing())
