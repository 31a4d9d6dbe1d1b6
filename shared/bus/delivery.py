"""The receiver's side: handlers and cursor commit together, and only then is anything confirmed.

That is the exactly-once effect: whatever the broker loses, doubles or shuffles, the cursor lets each event through
once, in order.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.orm import Session

from shared.bus import log as event_log
from shared.bus.chain import GENESIS, Batch, Placed, Sent, Standing, place
from shared.bus.messages import Confirmation, Saying, Transport
from shared.bus.models import Cursor, HeldEvent, HeldState
from shared.bus.subscribers import Heard, Hearing, Subscriber, Undecided
from shared.events.envelope import UnknownType, WrongShape, canonical, read
from shared.kernel import clock, ids
from shared.kernel.failpoints import failpoint
from shared.kernel.logging import get_logger
from shared.storage.arrays import among
from shared.storage.database import Database

log = get_logger(__name__)

PASSING = (OperationalError, InterfaceError, InternalError)
"""The database's own trouble (connection, deadlock, disk): no fault of an event, so the whole batch is tried again."""

SAID = {Standing.GAP: Saying.MISSING, Standing.DIVERGED: Saying.DIVERGED}
GRAVEST_LAST = (Saying.HEARD, Saying.MISSING, Saying.DIVERGED)


MOVE = text("""
    UPDATE cursor
       SET position = moved.position, hash = moved.hash, applied = applied + moved.more, moved_at = :now
      FROM unnest(CAST(:partitions AS smallint[]), CAST(:positions AS bigint[]), CAST(:hashes AS bytea[]),
                  CAST(:applied AS bigint[])) AS moved (partition, position, hash, more)
     WHERE cursor.subscriber = :subscriber AND cursor.source = :source AND cursor.partition = moved.partition
""")


@dataclass(slots=True)
class Reached:
    """How far a delivery brings the cursor of one partition, and how many events more have had their effect by it."""

    partition: int
    position: int
    hash: bytes
    applied: int = 0
    has_moved: bool = False


def receive(database: Database, subscriber: Subscriber, batches: Sequence[Batch], transport: Transport) -> None:
    """Apply what is new in batches from one source, move the cursors, commit, and then say how far this subscriber is.

    The batches of all partitions are one transaction: their events meet the handlers together, in sets.
    """
    source, arrivals = batches[0].source, list[Heard[Any]]()
    wishes, sayings = subscriber.wishes_of(source), dict[int, Saying]()
    with database.transaction() as session:
        cursors = locked_cursors(session, subscriber.name, source, {batch.partition for batch in batches})
        reached = {each.partition: Reached(each.partition, each.position, each.hash) for each in cursors.values()}
        for batch in batches:
            here = reached[batch.partition]
            placed = place(batch, here.position, here.hash, wishes.passes)
            saying = SAID.get(placed.standing, Saying.HEARD)
            sayings[batch.partition] = max(saying, sayings.get(batch.partition, saying), key=GRAVEST_LAST.index)
            if placed.standing is Standing.NEXT:
                came = _arrivals(subscriber, batch, placed)
                arrivals += came
                here.position, here.hash, here.has_moved = batch.last, placed.hash, True
                here.applied += len(placed.new) - len(came)  # what is passed over has no other effect
        if any(each.has_moved for each in reached.values()):
            _take(session, subscriber, source, reached, arrivals)
            failpoint("delivery.before-commit")
        answers = [
            Confirmation(
                *(subscriber.name, source, each.partition, each.position, each.hash), sayings[each.partition], wishes
            )
            for each in reached.values()
        ]
    failpoint("delivery.after-commit")
    for answer in answers:
        if answer.saying is Saying.DIVERGED:
            log.error("histories-differ", subscriber=subscriber.name, source=source, partition=answer.partition)
    transport.confirm(answers)
    if arrivals and subscriber.settles:
        subscriber.settles(database)


def locked_cursors(session: Session, subscriber: str, source: str, partitions: Iterable[int]) -> dict[int, Cursor]:
    """The cursors' rows by partition, locked in their order until the transaction ends; at position 0 when new."""
    wanted = sorted(partitions)
    locked = (
        select(Cursor)
        .where(Cursor.subscriber == subscriber, Cursor.source == source, Cursor.partition.in_(wanted))
        .order_by(Cursor.partition)
        .with_for_update()
    )
    found = {each.partition: each for each in session.scalars(locked)}
    if missing := [each for each in wanted if each not in found]:
        fresh = {"subscriber": subscriber, "source": source, "position": 0, "hash": GENESIS, "applied": 0}
        session.execute(insert(Cursor).on_conflict_do_nothing(), [fresh | {"partition": each} for each in missing])
        found = {each.partition: each for each in session.scalars(locked)}
    return found


def _arrivals(subscriber: Subscriber, batch: Batch, placed: Placed) -> list[Heard[Any]]:
    first = batch.last - len(placed.new) + 1
    return [
        Heard(None, batch.source, subscriber.name, position, orjson.loads(sent.body), sent.sealed, batch.partition)
        for position, sent in enumerate(placed.new, first)
        if isinstance(sent, Sent)
    ]


def _take(
    session: Session,
    subscriber: Subscriber,
    source: str,
    reached: Mapping[int, Reached],
    arrivals: Sequence[Heard[Any]],
) -> None:
    held = apply(session, subscriber, source, arrivals)
    for partition, came in Counter(each.partition for each in arrivals).items():
        reached[partition].applied += came - held[partition]
    moved = [each for each in reached.values() if each.has_moved]
    session.execute(
        MOVE,
        {
            "subscriber": subscriber.name,
            "source": source,
            "now": clock.now(),
            "partitions": [each.partition for each in moved],
            "positions": [each.position for each in moved],
            "hashes": [each.hash for each in moved],
            "applied": [each.applied for each in moved],
        },
    )


def apply(session: Session, subscriber: Subscriber, source: str, arrivals: Sequence[Heard[Any]]) -> Counter[int]:
    """Give arrivals to their handlers, and hold those that cannot be applied; says how many of each partition."""
    streams = {each.envelope["subject"] for each in arrivals}
    holding = Holding(blocked_streams(session, subscriber.name, source, streams))
    for group in groups(subscriber, arrivals):
        _apply_group(session, subscriber, group, holding)
    if holding.rows:
        session.execute(insert(HeldEvent), holding.rows)
    return Counter(each["partition"] for each in holding.rows)


@dataclass
class Holding:
    """What is held of a delivery, and the streams in which something is."""

    blocked: set[str]
    rows: list[dict[str, Any]] = field(default_factory=list)

    def lets_through(self, arrival: Heard[Any]) -> bool:
        """Whether nothing before this event is held; else it is held, too."""
        if arrival.envelope["subject"] not in self.blocked:
            return True
        self._note(arrival, "an earlier event of the same journey is held")
        return False

    def hold(self, arrival: Heard[Any], error: str) -> None:
        """Hold an event for this error, and what comes after it in its stream."""
        kind, event_id = arrival.envelope["type"], arrival.envelope["id"]
        log.error("event-held", subscriber=arrival.subscriber, type=kind, id=event_id, error=error)
        self.blocked.add(arrival.envelope["subject"])
        self._note(arrival, error)

    def _note(self, arrival: Heard[Any], error: str) -> None:
        self.rows.append(
            {
                "id": ids.new_id(),
                "subscriber": arrival.subscriber,
                "source": arrival.source,
                "partition": arrival.partition,
                "position": arrival.position,
                "stream": arrival.envelope["subject"],
                "type": arrival.envelope["type"],
                "body": canonical(arrival.envelope),
                "sealed": arrival.part,
                "error": error,
            }
        )


def blocked_streams(session: Session, subscriber: str, source: str, streams: set[str]) -> set[str]:
    """Those of the streams that have an event held back."""
    held = select(HeldEvent.stream).where(
        HeldEvent.subscriber == subscriber, HeldEvent.source == source, HeldEvent.state == HeldState.HELD
    )
    if session.scalar(held.limit(1)) is None:  # as it is nearly always
        return set()
    return set(session.scalars(held.where(among(HeldEvent.stream, streams)).distinct()))


def groups(subscriber: Subscriber, arrivals: Sequence[Heard[Any]]) -> Iterator[list[Heard[Any]]]:
    """Cut a batch into groups that meet a handler at once, so that each stream keeps its order.

    A group has one type and at most one event of each stream; or, for a handler that takes several types together,
    also what follows on each other in a stream.
    """
    depth: dict[str, int] = {}
    latest: dict[str, Hearing | None] = {}
    waves: list[dict[str | Hearing, list[Heard[Any]]]] = []
    for arrival in arrivals:
        stream, kind = arrival.envelope["subject"], arrival.envelope["type"]
        hearing = subscriber.hearing_together(kind)
        if hearing is None or latest.get(stream) is not hearing:
            depth[stream] = depth.get(stream, -1) + 1
        latest[stream] = hearing
        if depth[stream] == len(waves):
            waves.append({})
        waves[depth[stream]].setdefault(hearing or kind, []).append(arrival)
    for wave in waves:
        yield from wave.values()


def _apply_group(session: Session, subscriber: Subscriber, group: Sequence[Heard[Any]], holding: Holding) -> None:
    """Let a handler hear a group; when it fails each event by itself, so that only what cannot be applied is held."""
    try:
        hearing = subscriber.hearing_of(group[0].envelope["type"])
    except (UnknownType, Undecided) as nobody:
        for arrival in group:
            if holding.lets_through(arrival):
                holding.hold(arrival, repr(nobody))
        return
    ready = [each for each in group if holding.lets_through(each) and (not hearing or _is_readable(each, holding))]
    if not hearing or not ready or (error := attempt(session, hearing, ready)) is None:
        return
    if len(ready) == 1:
        holding.hold(ready[0], error)
        return
    for arrival in ready:
        if holding.lets_through(arrival) and (error := attempt(session, hearing, [arrival])):
            holding.hold(arrival, error)


def _is_readable(arrival: Heard[Any], holding: Holding) -> bool:
    """Read what an event says; one that cannot be read is held."""
    try:
        arrival.event = read(arrival.envelope)
    except WrongShape as wrong:
        holding.hold(arrival, repr(wrong))
        return False
    return True


def attempt(session: Session, hearing: Hearing, heard: Sequence[Heard[Any]]) -> str | None:
    """Run a handler inside a savepoint; returns the error that undid it, or None when it went well.

    Trouble of the database itself is raised: it is nobody's fault, and the whole batch will come again.
    """
    cause = heard[0] if len(heard) == 1 else None
    try:
        with session.begin_nested(), event_log.caused_by(cause):
            hearing.run(session, heard)
            session.flush()
    except PASSING:
        raise
    except Exception as error:  # noqa: BLE001 (a handler's bug of any kind holds its event)
        return f"{type(error).__name__}: {error}"
    return None
