"""The sender's side of the promise: an event is written with the change that it tells of, or not at all."""

import uuid
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import orjson
from sqlalchemy import case, func, or_, select, text, update
from sqlalchemy import cast as cast_to
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from shared.bus import routes
from shared.bus.chain import partition_of
from shared.bus.models import LoggedEvent, Subscription
from shared.bus.subscribers import Heard
from shared.events.envelope import Event, canonical, digest, is_followed
from shared.kernel import clock, ids
from shared.kernel.settings import settings
from shared.privacy import sealed as seals

CHANNEL = "kail_log"
Said = TypeVar("Said", bound=Event)
APPEND = text("""
    WITH appended AS (
        INSERT INTO event_log (id, type, stream, partition, body, sealed, sealed_digest, concerns)
        SELECT id, type, stream, partition, body, sealed, decode(sealed_digest, 'hex'), concerns
          FROM ROWS FROM (json_to_recordset(CAST(:rows AS json))
                          AS (id uuid, type text, stream text, partition smallint, body text, sealed jsonb,
                              sealed_digest text, concerns text))
               WITH ORDINALITY
         ORDER BY ordinality
    )
    SELECT pg_notify(:channel, '')
""")
"""All rows are one parameter: measured, a parameter for each value cost more than all the rest of announcing."""
_cause: ContextVar[Heard[Any] | None] = ContextVar("cause", default=None)


@dataclass(frozen=True, slots=True)
class Announcement:
    """An event with what only some may read (`sealed`: service to fields) and what brought it about."""

    event: Event
    sealed: dict[str, dict[str, Any]] | None = None
    cause: Heard[Any] | None = None


def announce(
    session: Session,
    event: Event,
    *,
    sealed: dict[str, dict[str, Any]] | None = None,
    cause: Heard[Any] | None = None,
) -> uuid.UUID:
    """Announce one event with the caller's transaction; its row must be locked before. Returns the event's id."""
    return announce_all(session, [Announcement(event, sealed, cause)])[0]


def announce_all(session: Session, announcements: Iterable[Event | Announcement]) -> list[uuid.UUID]:
    """Announce many events, in this order, with a single insert."""
    service = _service_of(session)
    rows = [_row(service, each if isinstance(each, Announcement) else Announcement(each)) for each in announcements]
    if rows:
        session.flush()
        session.execute(APPEND, {"rows": orjson.dumps(rows).decode(), "channel": CHANNEL})
    return [row["id"] for row in rows]


def erase_sealed(session: Session, stream: str, field: str, values: Collection[object]) -> None:
    """Erase what is still sealed in the events of one stream that name one of these values in a field.

    For what may no longer be told to anybody: a subscriber that has not heard such an event yet hears it without.
    """
    named = cast_to(LoggedEvent.body, JSONB)["data"][field].astext
    session.execute(
        update(LoggedEvent)
        .where(
            LoggedEvent.partition == partition_of(stream, settings().partitions),
            LoggedEvent.stream == stream,
            LoggedEvent.sealed.is_not(None),
            named.in_([str(each) for each in values]),
        )
        .values(sealed=None)
        .execution_options(synchronize_session=False)
    )


def unheard(session: Session, event: type[Said]) -> Iterator[tuple[Said, datetime]]:
    """The events of a type that a subscriber of this service has not confirmed yet, each with its moment."""
    service = _service_of(session)
    subscribers = routes.subscribers_of(service)
    confirmed_by_all = case((func.count() == len(subscribers), func.min(Subscription.confirmed)), else_=0)
    heard = (
        select(Subscription.partition, confirmed_by_all.label("up_to"))
        .where(Subscription.subscriber.in_(subscribers))
        .group_by(Subscription.partition)
        .subquery()
    )
    bodies = (
        select(LoggedEvent.body)
        .outerjoin(heard, heard.c.partition == LoggedEvent.partition)
        .where(
            LoggedEvent.type == event.type_by(service),
            or_(LoggedEvent.position.is_(None), LoggedEvent.position > func.coalesce(heard.c.up_to, 0)),
        )
        .order_by(LoggedEvent.seq)
    )
    for body in session.scalars(bodies):
        said = orjson.loads(body)
        yield event.from_data(said["data"]), datetime.fromisoformat(said["time"])


@contextmanager
def caused_by(heard: Heard[Any] | None) -> Iterator[None]:
    """Let everything announced inside name this event as its cause."""
    token = _cause.set(heard)
    try:
        yield
    finally:
        _cause.reset(token)


def _service_of(session: Session) -> str:
    service = session.info.get("service")
    if service is None:
        raise RuntimeError("announce needs a session opened by Database.transaction()")
    return str(service)


def _row(service: str, announcement: Announcement) -> dict[str, Any]:
    event, cause = announcement.event, announcement.cause or _cause.get()
    if service not in event.announcers:
        raise TypeError(f"{service} does not announce {event.kind}")
    if is_followed(type(event)):
        raise TypeError(f"{event.kind}.v{event.generation} is announced no more: a later version is")
    event_id = ids.new_id()
    kind = event.type_by(service)
    stream = event.subject
    envelope = {
        "specversion": "1.0",
        "id": str(event_id),
        "source": service,
        "type": kind,
        "subject": stream,
        "time": clock.now().isoformat(),
        "datacontenttype": "application/json",
        "traceid": cause.trace_id if cause else str(event_id),
        "data": event.to_data(),
    }
    if cause:
        envelope["causationid"] = str(cause.id)
    parts = {to: seals.seal(service, to, content, event_id) for to, content in (announcement.sealed or {}).items()}
    return {
        "id": event_id,
        "type": kind,
        "stream": stream,
        "partition": partition_of(stream, settings().partitions),
        "body": canonical(envelope),
        "sealed": parts or None,
        "sealed_digest": digest(canonical(parts)).hex() if parts else None,
        "concerns": event.concerns,
    }
