"""Lines that nobody changes or takes out unseen: the hash of each covers the hash of the one before it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

GENESIS = bytes(32)
End = tuple[int, bytes]
"""The number of a chain's last line, and its hash."""
BEGINNING: End = (0, GENESIS)


@dataclass(frozen=True)
class Walked:
    """What a walk along a chain found: how many lines, the last hash, and the first line that does not fit."""

    count: int
    hash: bytes
    broken_at: int | None


def link(previous: bytes, content: bytes) -> bytes:
    """The hash of a line that follows the one with this hash; the content holds the line's own number."""
    return hashlib.sha256(previous + content).digest()


def end(session: Session, lock: int, seq: InstrumentedAttribute[int], hash_: InstrumentedAttribute[bytes]) -> End:
    """The last line's number and hash, where the next one is put; others who add wait until the door commits."""
    where = {"mapper": seq.class_}  # the lock is taken in the database in which the lines stand
    session.execute(select(func.pg_advisory_xact_lock(lock)), bind_arguments=where)
    last = session.execute(select(seq, hash_).order_by(seq.desc()).limit(1)).first()
    return (last[0], last[1]) if last else BEGINNING


def walk(lines: Iterable[tuple[int, bytes, bytes]], since: End = BEGINNING) -> Walked:
    """Walk along (number, hash, content), all of them or those after an end that is known to be sound."""
    count, running = since
    for seq, hash_, content in lines:
        count, running = count + 1, link(running, content)
        if seq != count or hash_ != running:
            return Walked(count, hash_, broken_at=seq)
    return Walked(count, running, broken_at=None)
