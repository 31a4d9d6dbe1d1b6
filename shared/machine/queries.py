"""How a service stands at the moment: its log and its hearing, its parts, its queues, its long work, its database."""

import platform
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from uuid import UUID

from alembic.script import ScriptDirectory
from sqlalchemy import Row, func, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from shared.anchors.logs import LOOKS
from shared.anchors.models import LogCheck
from shared.anchors.queries import last_checks
from shared.bus import Participant, UnderWay, broker, presence
from shared.bus.metrics import unnumbered
from shared.bus.models import Cursor, HeldEvent, HeldState, LoggedEvent, LogHead, Subscription, SubscriptionState
from shared.bus.runtime import RELAY_LOCK
from shared.kernel.settings import settings
from shared.outages import queries as outages
from shared.outages.rules import Gap
from shared.privacy.renewal import Use, is_pending, left
from shared.storage import migrate
from shared.succession.queries import left_behind
from shared.succession.rules import LeftBehind

LATE_AFTER = 60.0
"""Seconds after which an event that has not arrived counts as late: the relay repeats it every 30 at the most."""
BELLS_MISSED_AFTER = timedelta(seconds=90)
"""One bell of every service rings each 20 seconds; a worker tells of it within five."""
SETTLED_SHOWN = 20
KEYS_COUNTED_EVERY = 30.0
"""Seconds: counting reads whole tables, and only after a key was followed by another."""
_counted: dict[str, tuple[float, list[Use]]] = {}
ERROR_SHOWN = 300
"""Letters of an error that are shown: its first line, which names a kind and never a person."""


@dataclass(frozen=True)
class Route:
    """How far one subscriber has confirmed this service's log, all partitions together."""

    subscriber: str
    behind: int
    seconds: float
    resent: int
    halted: tuple[int, ...]
    alarm: str | None
    heard_from_at: datetime | None

    @property
    def is_late(self) -> bool:
        """Whether its oldest event should have arrived by now."""
        return self.seconds > LATE_AFTER


@dataclass(frozen=True)
class Hearing:
    """How far a subscriber of this service has heard one source."""

    subscriber: str
    source: str
    heard: int
    held: int
    moved_at: datetime | None


@dataclass(frozen=True)
class HeldStream:
    """The held events of one stream: the first is what failed, the others wait behind it."""

    subscriber: str
    source: str
    stream: str
    first: UUID
    type: str
    error: str
    held_at: datetime
    seconds: float
    waiting: int


@dataclass(frozen=True)
class Settled:
    """A held event that an operator has settled."""

    id: UUID
    type: str
    stream: str
    state: HeldState
    by: str | None
    reason: str | None
    at: datetime | None


@dataclass(frozen=True)
class Work:
    """Long work of one kind."""

    task: str
    under_way: UnderWay


@dataclass(frozen=True)
class Release:
    """What runs here, and whether the database is at the schema that it expects."""

    kail: str
    python: str
    postgresql: str
    schema: str | None
    expected: str

    @property
    def is_current(self) -> bool:
        """Whether every migration has been applied, and none that this release does not know."""
        return self.schema == self.expected


@dataclass(frozen=True)
class Room:
    """Where things are kept, in bytes."""

    database: int
    log: int
    disk_free: int
    disk: int

    @property
    def is_short(self) -> bool:
        """Whether less than a tenth of the disk is free."""
        return self.disk_free * 10 < self.disk


@dataclass(frozen=True)
class Standing:
    """How a service stands."""

    service: str
    at: datetime
    unnumbered: int
    routes: Sequence[Route]
    hearings: Sequence[Hearing]
    held: Sequence[HeldStream]
    settled: Sequence[Settled]
    parts: Sequence[presence.Present]
    queues: Sequence[broker.Depth]
    work: Sequence[Work]
    release: Release
    room: Room
    keys: Sequence[Use]
    logs: Sequence[LogCheck]
    left_behind: Sequence[LeftBehind]
    rang_at: datetime | None
    outages: Sequence[Gap]

    @property
    def access_log(self) -> LogCheck | None:
        """What the last look at the log of looks found."""
        return next((each for each in self.logs if each.log == LOOKS.of(self.service)), None)

    @property
    def relay_leads(self) -> bool:
        """Whether a relay carries this service's events at the moment."""
        return any(part.leads for part in self.parts)

    @property
    def worker_works(self) -> bool:
        """Whether a worker hears this service's events at the moment."""
        return any(part.part == "worker" and not part.is_silent for part in self.parts)

    @property
    def bell_at(self) -> datetime | None:
        """When a worker of this service last heard the bell ringer; None where none has heard it since it began."""
        return max((part.bell_at for part in self.parts if part.bell_at), default=None)

    @property
    def bells_ring(self) -> bool:
        """Whether the bell ringer is at work, as far as can be told from what the workers hear."""
        began = [part.since for part in self.parts if part.part == "worker"]
        last = self.bell_at or max(began, default=None)
        return last is not None and self.at - last < BELLS_MISSED_AFTER

    @property
    def troubles(self) -> int:
        """How many things somebody should look at."""
        return sum(
            (
                not self.relay_leads,
                not self.worker_works,
                self.worker_works and not self.bells_ring,
                not self.release.is_current,
                self.room.is_short,
                len(self.held),
                len(self.left_behind),
                *(bool(route.halted) or route.is_late for route in self.routes),
                *(log.broken_at is not None for log in self.logs),
                *(queue.waiting is None for queue in self.queues),
                *(part.is_silent for part in self.parts),
                *(work.under_way.failed for work in self.work),
            )
        )


def standing(session: Session, participant: Participant) -> Standing:
    """How this service stands, from its own database and from its own queues."""
    now = session.scalars(select(func.clock_timestamp())).one()
    held = held_streams(session, now)
    return Standing(
        service=participant.name,
        at=now,
        unnumbered=unnumbered(session),
        routes=routes(session, now),
        hearings=hearings(session, held),
        held=held,
        settled=settled(session),
        parts=presence.present(session, RELAY_LOCK),
        queues=broker.depths(participant.name),
        work=[Work(job.task, job.standing(session)) for job in participant.jobs if job.standing],
        release=release(session, participant.name),
        room=room(session),
        keys=keys_left(session, participant.name),
        logs=last_checks(session, participant.name),
        left_behind=left_behind(session),
        rang_at=last.at if (last := outages.last_ring(session)) else None,
        outages=outages.gaps(session, outages.SHOWN),
    )


def keys_left(session: Session, service: str) -> list[Use]:
    """What still stands under older keys; counted anew no more often than every half minute."""
    if not is_pending(service):
        return []
    counted_at, found = _counted.get(service, (float("-inf"), []))
    if time.monotonic() - counted_at > KEYS_COUNTED_EVERY:
        counted_at, found = _counted[service] = (time.monotonic(), left(session, service))
    return found


def routes(session: Session, now: datetime) -> list[Route]:
    """How far every subscriber has confirmed this log, and how old the first event is that it has not."""
    rows = session.execute(
        select(
            Subscription,
            (func.coalesce(LogHead.position, 0) - Subscription.confirmed).label("behind"),
            LoggedEvent.id.label("next"),
        )
        .join(LogHead, LogHead.partition == Subscription.partition, isouter=True)
        .join(
            LoggedEvent,
            (LoggedEvent.partition == Subscription.partition) & (LoggedEvent.position == Subscription.confirmed + 1),
            isouter=True,
        )
        .order_by(Subscription.subscriber, Subscription.partition)
    ).all()
    return [
        _route(name, [row for row in rows if row.Subscription.subscriber == name], now)
        for name in dict.fromkeys(row.Subscription.subscriber for row in rows)
    ]


def _route(subscriber: str, rows: Sequence[Row], now: datetime) -> Route:
    known = [row.Subscription for row in rows]
    said = [each.heard_from_at for each in known if each.heard_from_at]
    return Route(
        subscriber,
        behind=sum(max(row.behind, 0) for row in rows),
        seconds=max(((now - _announced_at(row.next)).total_seconds() for row in rows if row.next), default=0.0),
        resent=sum(each.resent for each in known),
        halted=tuple(each.partition for each in known if each.state is SubscriptionState.HALTED),
        alarm=next((each.alarm for each in known if each.alarm), None),
        heard_from_at=max(said, default=None),
    )


def _announced_at(event_id: UUID) -> datetime:
    """The moment that an event's identifier (UUID version 7) was made, by the real clock."""
    return datetime.fromtimestamp((event_id.int >> 80) / 1000, UTC)


def hearings(session: Session, held: Sequence[HeldStream]) -> list[Hearing]:
    """How far this service's subscribers have heard each source."""
    rows = session.execute(
        select(Cursor.subscriber, Cursor.source, func.sum(Cursor.position), func.max(Cursor.moved_at))
        .group_by(Cursor.subscriber, Cursor.source)
        .order_by(Cursor.subscriber, Cursor.source)
    )
    return [
        Hearing(
            subscriber,
            source,
            int(heard),
            sum(each.waiting for each in held if (each.subscriber, each.source) == (subscriber, source)),
            moved_at,
        )
        for subscriber, source, heard, moved_at in rows
    ]


def held_streams(session: Session, now: datetime) -> list[HeldStream]:
    """What is held at the moment, one line for each stream, the oldest first."""
    stream = (HeldEvent.subscriber, HeldEvent.source, HeldEvent.stream)
    rows = session.execute(
        select(
            *stream,
            HeldEvent.id,
            HeldEvent.type,
            HeldEvent.error,
            HeldEvent.held_at,
            func.count().over(partition_by=stream).label("waiting"),
        )
        .where(HeldEvent.state == HeldState.HELD)
        .ext(distinct_on(*stream))
        .order_by(*stream, HeldEvent.position)
    ).all()
    found = [
        HeldStream(
            row.subscriber,
            row.source,
            row.stream,
            row.id,
            row.type,
            (row.error.splitlines() or [""])[0][:ERROR_SHOWN],
            row.held_at,
            (now - row.held_at).total_seconds(),
            row.waiting,
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: each.held_at)


def settled(session: Session) -> list[Settled]:
    """What operators have lately settled, the latest first."""
    rows = session.scalars(
        select(HeldEvent)
        .where(HeldEvent.state != HeldState.HELD)
        .order_by(HeldEvent.settled_at.desc())
        .limit(SETTLED_SHOWN)
    )
    return [
        Settled(each.id, each.type, each.stream, each.state, each.settled_by, each.settled_reason, each.settled_at)
        for each in rows
    ]


def release(session: Session, service: str) -> Release:
    """What runs here, and the schema of its database."""
    return Release(
        kail=version("kail"),
        python=platform.python_version(),
        postgresql=str(session.scalar(text("SHOW server_version"))).split(" ", maxsplit=1)[0],
        schema=session.scalar(text("SELECT version_num FROM schema_version")),
        expected=ScriptDirectory.from_config(migrate.config(service)).get_current_head() or "",
    )


def room(session: Session) -> Room:
    """How much the database holds, and what is free on the disk that this home lies on."""
    row = session.execute(
        text("SELECT pg_database_size(current_database()) AS whole, pg_total_relation_size('event_log') AS log")
    ).one()
    folder = settings().home
    disk = shutil.disk_usage(folder if folder.exists() else folder.anchor)
    return Room(row.whole, row.log, disk.free, disk.total)
