"""Lines that nobody changes or takes out unseen: the hash of each covers the hash of the one before it."""

import hashlib
from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

GENESIS = bytes(32)


def link(previous: bytes, content: bytes) -> bytes:
    """The hash of a line that follows the one with this hash; the content holds the line's own number."""
    return hashlib.sha256(previous + content).digest()


def end(
    session: Session, lock: int, seq: InstrumentedAttribute[int], hash_: InstrumentedAttribute[bytes]
) -> tuple[int, bytes]:
    """The last line's number and hash, where the next one is put; others who add wait until the door commits."""
    session.execute(select(func.pg_advisory_xact_lock(lock)))
    last = session.execute(select(seq, hash_).order_by(seq.desc()).limit(1)).first()
    return (last[0], last[1]) if last else (0, GENESIS)


def broken_at(lines: Iterable[tuple[int, bytes, bytes]]) -> int | None:
    """The first of (number, hash, content) that was changed, or follows one taken out; None when the chain holds."""
    running = GENESIS
    for count, (seq, hash_, content) in enumerate(lines, 1):
        running = link(running, content)
        if seq != count or hash_ != running:
            return seq
    return None
