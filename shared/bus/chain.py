"""The chain of hashes over a partition of a log, and where an arriving batch stands against a cursor: pure rules."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from zlib import crc32

from shared.events.envelope import digest

GENESIS = bytes(32)
NOTHING_SEALED = bytes(32)


def partition_of(stream: str, partitions: int) -> int:
    """The partition in which a stream's events keep their order."""
    return crc32(stream.encode()) % partitions


def link(previous: bytes, body_digest: bytes, sealed_digest: bytes | None) -> bytes:
    """The hash of one event: over the hash before it, and the digests of its open part and of its sealed parts.

    Only digests take part, so that sealed parts can be erased without breaking the chain, and a subscriber can follow
    it over events that it is not sent.
    """
    return hashlib.sha256(previous + body_digest + (sealed_digest or NOTHING_SEALED)).digest()


@dataclass(frozen=True, slots=True)
class Sent:
    """One event as it travels: its open part, the digest of all its sealed parts, and the addressee's own part."""

    body: str
    sealed_digest: bytes | None = None
    sealed: dict[str, Any] | None = None

    @property
    def digest(self) -> bytes:
        """The digest of its open part."""
        return digest(self.body)


@dataclass(frozen=True, slots=True)
class Passed:
    """One event as it travels to a subscriber that passes it over: its type, and what the chain needs of it."""

    kind: str
    digest: bytes
    sealed_digest: bytes | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive events of one partition on their way to one subscriber."""

    subscriber: str
    source: str
    partition: int
    first: int
    previous: bytes
    events: Sequence[Sent | Passed]

    @property
    def last(self) -> int:
        """The position of the last event."""
        return self.first + len(self.events) - 1


class Standing(StrEnum):
    """How a batch stands against a cursor."""

    OLD = "old"  # all of it was heard before
    NEXT = "next"  # it continues the cursor, after dropping what was heard before
    GAP = "gap"  # something before it is missing, or it only names what is wanted in full
    DIVERGED = "diverged"  # it belongs to another history than the one heard so far


@dataclass(frozen=True, slots=True)
class Placed:
    """A batch held against a cursor: its standing, what is new in it, and the hash after that."""

    standing: Standing
    new: Sequence[Sent | Passed] = ()
    hash: bytes = GENESIS


def place(batch: Batch, position: int, known: bytes, passes: Callable[[str], bool]) -> Placed:
    """Hold a batch against a cursor at `position` whose hash is `known`; `passes` says which types it passes over."""
    if batch.first > position + 1:
        return Placed(Standing.GAP)
    running = batch.previous
    heard_before = position - batch.first + 1
    for number, sent in enumerate(batch.events):
        if number == heard_before and running != known:
            return Placed(Standing.DIVERGED)
        if number >= heard_before and isinstance(sent, Passed) and not passes(sent.kind):
            return Placed(Standing.GAP)
        running = link(running, sent.digest, sent.sealed_digest)
    if batch.last <= position:
        agrees = batch.last < position or running == known
        return Placed(Standing.OLD if agrees else Standing.DIVERGED)
    return Placed(Standing.NEXT, batch.events[heard_before:], running)
