"""Events that could not be applied: shown, tried again in order, or skipped for a reason that is kept."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.bus.delivery import attempt, locked_cursors
from shared.bus.models import Cursor, HeldEvent, HeldState
from shared.bus.subscribers import Heard, Subscriber, Undecided
from shared.events.envelope import UnknownType, WrongShape, read
from shared.kernel import clock
from shared.kernel.errors import Conflict, Invalid, NotFound


class NotHeld(Conflict):
    """This event is not held any more."""

    indonesian = "Peristiwa ini tidak lagi tertahan."


class ReasonNeeded(Invalid):
    """Say why the event may be skipped; the reason is kept."""

    indonesian = "Tulis alasan mengapa peristiwa ini boleh dilewati; alasan itu disimpan."


def held_events(session: Session, subscriber: str | None = None) -> Sequence[HeldEvent]:
    """What is held at the moment, oldest first."""
    wanted = select(HeldEvent).where(HeldEvent.state == HeldState.HELD).order_by(HeldEvent.held_at, HeldEvent.position)
    if subscriber:
        wanted = wanted.where(HeldEvent.subscriber == subscriber)
    return session.scalars(wanted).all()


def retry_stream(session: Session, subscriber: Subscriber, source: str, stream: str, by: str) -> tuple[int, str | None]:
    """Apply a stream's held events in their order, up to the first that fails again.

    Returns how many were applied, and the error that stopped it (None when nothing is held any more).
    """
    waiting, cursors = _locked_stream(session, subscriber.name, source, stream)
    for number, held in enumerate(waiting):
        error = _try_again(session, subscriber, held)
        if error:
            held.error = error
            return number, error
        cursors[held.partition].applied += 1
        _settle(held, HeldState.APPLIED, by, None)
    return len(waiting), None


def skip(session: Session, subscriber: Subscriber, event_id: str, by: str, reason: str) -> HeldEvent:
    """Leave one held event out for good; whatever stands behind it can be retried afterwards."""
    if not reason.strip():
        raise ReasonNeeded
    held = session.get(HeldEvent, event_id, with_for_update=True)
    if held is None or held.subscriber != subscriber.name:
        raise NotFound(what="held event")
    if held.state is not HeldState.HELD:
        raise NotHeld
    _settle(held, HeldState.SKIPPED, by, reason.strip())
    return held


def _locked_stream(
    session: Session, subscriber: str, source: str, stream: str
) -> tuple[Sequence[HeldEvent], dict[int, Cursor]]:
    wanted = (
        select(HeldEvent)
        .where(
            HeldEvent.subscriber == subscriber,
            HeldEvent.source == source,
            HeldEvent.stream == stream,
            HeldEvent.state == HeldState.HELD,
        )
        .order_by(HeldEvent.position)
    )
    found = session.scalars(wanted).all()
    # the cursor's lock keeps a delivery from adding to the stream meanwhile
    cursors = locked_cursors(session, subscriber, source, {held.partition for held in found})
    return session.scalars(wanted.with_for_update()).all(), cursors


def _try_again(session: Session, subscriber: Subscriber, held: HeldEvent) -> str | None:
    envelope: dict[str, Any] = orjson.loads(held.body)
    try:
        hearing = subscriber.hearing_of(held.type)
        event = read(envelope)
    except (UnknownType, Undecided, WrongShape) as error:
        return repr(error)
    if hearing is None:
        return None
    heard = Heard(event, held.source, held.subscriber, held.position, envelope, held.sealed)
    return attempt(session, hearing, [heard])


def _settle(held: HeldEvent, state: HeldState, by: str, reason: str | None) -> None:
    held.state, held.settled_by, held.settled_reason, held.settled_at = state, by, reason, clock.now()
    held.sealed = None
