"""The receiver's side: handlers and cursor commit together, and only then is anything confirmed.

That is the exactly-once effect: whatever the broker loses, doubles or shuffles, the cursor lets each event through
once, in order.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.orm import Session

from shared.bus import log as event_log
from shared.bus.chain import GENESIS, Batch, Placed, Sent, Standing, place
from shared.bus.messages import Confirmation, Saying, Transport
from shared.bus.models import Cursor, HeldEvent, HeldState
from shared.bus.subscribers import Heard, Hearing, Subscriber, Undecided
from shared.events.envelope import UnknownType, WrongShape, class_of
from shared.kernel import clock, ids
from shared.kernel.failpoints import failpoint
from shared.kernel.logging import get_logger
from shared.storage.database import Database

log = get_logger(__name__)

PASSING = (OperationalError, InterfaceError, InternalError)
"""The database's own trouble (connection, deadlock, disk): no fault of an event, so the whole batch is tried again."""

SAID = {Standing.GAP: Saying.MISSING, Standing.DIVERGED: Saying.DIVERGED}


def receive(database: Database, subscriber: Subscriber, batch: Batch, transport: Transport) -> Standing:
    """Apply what is new in a batch, move the cursor, commit, and then say how far this subscriber has come."""
    with database.transaction() as session:
        cursor = locked_cursor(session, subscriber.name, batch.source, batch.partition)
        placed = place(batch, cursor.position, cursor.hash)
        if placed.standing is Standing.NEXT:
            _take(session, subscriber, batch, cursor, placed)
            failpoint("delivery.before-commit")
        answer = Confirmation(
            subscriber.name,
            batch.source,
            batch.partition,
            cursor.position,
            cursor.hash,
            SAID.get(placed.standing, Saying.HEARD),
        )
    failpoint("delivery.after-commit")
    if placed.standing is Standing.DIVERGED:
        log.error("histories-differ", subscriber=subscriber.name, source=batch.source, partition=batch.partition)
    transport.confirm(answer)
    return placed.standing


def locked_cursor(session: Session, subscriber: str, source: str, partition: int) -> Cursor:
    """The cursor's row, locked until the transaction ends; made at position 0 when it is new."""
    key = {"subscriber": subscriber, "source": source, "partition": partition}
    wanted = select(Cursor).filter_by(**key).with_for_update()
    found = session.scalar(wanted)
    if found is None:
        session.execute(insert(Cursor).values(**key, position=0, hash=GENESIS, applied=0).on_conflict_do_nothing())
        found = session.scalars(wanted).one()
    return found


def _take(session: Session, subscriber: Subscriber, batch: Batch, cursor: Cursor, placed: Placed) -> None:
    first = batch.last - len(placed.new) + 1
    arrivals = [_arrival(subscriber, batch.source, first + n, sent) for n, sent in enumerate(placed.new)]
    held = apply(session, subscriber, batch.source, batch.partition, arrivals)
    cursor.position = batch.last
    cursor.hash = placed.hash
    cursor.applied += len(arrivals) - held
    cursor.moved_at = clock.now()


def _arrival(subscriber: Subscriber, source: str, position: int, sent: Sent) -> Heard[Any]:
    return Heard(None, source, subscriber.name, position, json.loads(sent.body), sent.sealed)


def apply(session: Session, subscriber: Subscriber, source: str, partition: int, arrivals: Sequence[Heard[Any]]) -> int:
    """Give arrivals to their handlers, and hold those that cannot be applied; returns how many were held."""
    blocked = blocked_streams(session, subscriber.name, source, {each.envelope["subject"] for each in arrivals})
    held: list[dict[str, Any]] = []

    def hold(arrival: Heard[Any], error: str) -> None:
        blocked.add(arrival.envelope["subject"])
        held.append(
            {
                "id": ids.new_id(),
                "subscriber": subscriber.name,
                "source": source,
                "partition": partition,
                "position": arrival.position,
                "stream": arrival.envelope["subject"],
                "type": arrival.envelope["type"],
                "body": json.dumps(arrival.envelope),
                "sealed": arrival.part,
                "error": error,
            }
        )

    for wave in waves(arrivals):
        for kind, group in by_type(wave):
            ready = []
            for arrival in group:
                if arrival.envelope["subject"] in blocked:
                    hold(arrival, "an earlier event of the same journey is held")
                else:
                    ready.append(arrival)
            for arrival, error in _apply_group(session, subscriber, kind, ready):
                log.error("event-held", subscriber=subscriber.name, type=kind, id=arrival.envelope["id"], error=error)
                hold(arrival, error)
    if held:
        session.execute(insert(HeldEvent), held)
    return len(held)


def blocked_streams(session: Session, subscriber: str, source: str, streams: set[str]) -> set[str]:
    """Those of the streams that have an event held back."""
    return set(
        session.scalars(
            select(HeldEvent.stream)
            .where(
                HeldEvent.subscriber == subscriber,
                HeldEvent.source == source,
                HeldEvent.state == HeldState.HELD,
                HeldEvent.stream.in_(streams),
            )
            .distinct()
        )
    )


def waves(arrivals: Sequence[Heard[Any]]) -> Iterator[list[Heard[Any]]]:
    """Cut a batch into waves with at most one event of each stream: order within a stream is the waves' order."""
    depth: dict[str, int] = {}
    cut: list[list[Heard[Any]]] = []
    for arrival in arrivals:
        stream = arrival.envelope["subject"]
        level = depth[stream] = depth.get(stream, -1) + 1
        if level == len(cut):
            cut.append([])
        cut[level].append(arrival)
    yield from cut


def by_type(wave: Sequence[Heard[Any]]) -> Iterator[tuple[str, list[Heard[Any]]]]:
    """The events of one wave, type by type."""
    groups: dict[str, list[Heard[Any]]] = {}
    for arrival in wave:
        groups.setdefault(arrival.envelope["type"], []).append(arrival)
    yield from groups.items()


def _apply_group(
    session: Session, subscriber: Subscriber, kind: str, group: Sequence[Heard[Any]]
) -> list[tuple[Heard[Any], str]]:
    """Apply one type's events of a wave; returns those that failed, each with its error."""
    try:
        hearing = subscriber.hearing_of(kind)
    except (UnknownType, Undecided) as nobody:
        return [(arrival, repr(nobody)) for arrival in group]
    if hearing is None or not group:
        return []
    readable, failed = [], []
    cls = class_of(kind)
    for arrival in group:
        try:
            readable.append(_read(arrival, cls.from_data(arrival.envelope["data"])))
        except WrongShape as wrong:
            failed.append((arrival, repr(wrong)))
    if not readable or (error := attempt(session, hearing, readable)) is None:
        return failed
    if len(readable) == 1:
        return [*failed, (readable[0], error)]
    for arrival in readable:
        error = attempt(session, hearing, [arrival])
        if error is not None:
            failed.append((arrival, error))
    return failed


def _read(arrival: Heard[Any], event: Any) -> Heard[Any]:
    return Heard(event, arrival.source, arrival.subscriber, arrival.position, arrival.envelope, arrival.part)


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
