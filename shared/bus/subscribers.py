"""What a subscriber does with what it hears: one visible table from event class to handler."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session

from shared.bus import routes
from shared.bus.messages import Wishes
from shared.events.envelope import Event, class_of, versions_of
from shared.privacy import sealed
from shared.storage.database import Database

E = TypeVar("E", bound=Event, covariant=True)


@dataclass(eq=False)
class Heard(Generic[E]):
    """An event as its handler meets it: what happened, and where it came from."""

    event: E
    source: str
    subscriber: str
    position: int
    envelope: dict[str, Any]
    part: dict[str, Any] | None = None
    partition: int = 0

    @cached_property
    def id(self) -> uuid.UUID:
        """The event's own identifier."""
        return uuid.UUID(self.envelope["id"])

    @cached_property
    def time(self) -> datetime:
        """When it happened, in domain time."""
        return datetime.fromisoformat(self.envelope["time"])

    @property
    def trace_id(self) -> str:
        """The thread that ties together everything that followed from one first cause."""
        return str(self.envelope["traceid"])

    @cached_property
    def sealed(self) -> dict[str, Any] | None:
        """The part sealed for this subscriber; None when there was none or it is erased by now."""
        if self.part is None:
            return None
        return sealed.unseal(self.source, routes.service_of(self.subscriber), self.part, self.id)


Handler = Callable[[Session, Heard[Any]], None]
BatchHandler = Callable[[Session, Sequence[Heard[Any]]], None]


@dataclass(frozen=True, eq=False)
class Hearing:
    """How events are handled: one at a time, or many at once with set-based SQL."""

    handler: Handler | BatchHandler
    in_batches: bool
    concerned_only: bool = False
    """Whether events that concern another service alone may be passed over."""
    in_log_order: bool = False
    """Whether several events of one journey may come at once, also of several types."""

    def run(self, session: Session, heard: Sequence[Heard[Any]]) -> None:
        """Let the handler hear these events, all of types that it is given together."""
        if self.in_batches:
            self.handler(session, heard)  # type: ignore[arg-type]
        else:
            for one in heard:
                self.handler(session, one)  # type: ignore[arg-type]


def each(handler: Handler) -> Hearing:
    """Give the handler one event at a time."""
    return Hearing(handler, in_batches=False)


def batch(handler: BatchHandler, *, concerned_only: bool = False) -> Hearing:
    """Give the handler many events of the type at once: order is kept within a journey, and free between journeys.

    `concerned_only` leaves out those that concern another service alone (`Event.concerns`).
    """
    return Hearing(handler, in_batches=True, concerned_only=concerned_only)


def together(handler: BatchHandler, events: Iterable[type[Event]]) -> dict[type[Event], Hearing]:
    """Give the handler all that a delivery brings of these types at once, in the log's order: it locks, reads and
    writes what they are about only once, however many of them are about the same."""
    return dict.fromkeys(events, Hearing(handler, in_batches=True, in_log_order=True))


@dataclass(frozen=True)
class Subscriber:
    """A service, or a projection of one, as a listener.

    Every type that its sources announce is either heard or declined with a reason, in all its versions: an event that
    is in neither table is held, because somebody forgot to decide. A projection can be emptied (`reset`) and told
    everything again. What follows from many events together is done once a delivery is committed and confirmed
    (`settles`).
    """

    name: str
    hears: Mapping[type[Event], Hearing]
    declines: Mapping[type[Event], str] = field(default_factory=dict)
    reset: Callable[[Session], None] | None = None
    settles: Callable[[Database], None] | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """The services whose logs it hears."""
        return routes.HEARS[self.name]

    @property
    def service(self) -> str:
        """The service whose database its cursors stand in."""
        return routes.service_of(self.name)

    @cached_property
    def _decisions(self) -> dict[str, Hearing | None]:
        known: dict[str, Hearing | None] = {}
        for source in self.sources:
            for cls in (*self.hears, *self.declines):
                for version in versions_of(cls):
                    if source in version.announcers:
                        known[version.type_by(source)] = self.hears.get(cls)
        return known

    def wishes_of(self, source: str) -> Wishes:
        """What this subscriber passes over in a source's log."""
        return self._wishes[source]

    @cached_property
    def _wishes(self) -> dict[str, Wishes]:
        return {source: self._wishes_of(source) for source in self.sources}

    def _wishes_of(self, source: str) -> Wishes:
        known = {kind: hearing for kind, hearing in sorted(self._decisions.items()) if kind.startswith(f"{source}.")}
        return Wishes(
            declined=tuple(kind for kind, hearing in known.items() if hearing is None),
            elsewhere=tuple(kind for kind, hearing in known.items() if hearing and hearing.concerned_only),
        )

    def hearing_of(self, kind: str) -> Hearing | None:
        """The handler of a type, or None when it is declined; raises UnknownType when nobody decided."""
        if kind not in self._decisions:
            class_of(kind)
            raise Undecided(kind)
        return self._decisions[kind]

    def hearing_together(self, kind: str) -> Hearing | None:
        """The handler that takes events of a type together with others; None where there is no such."""
        hearing = self._decisions.get(kind)
        return hearing if hearing and hearing.in_log_order else None


class Undecided(LookupError):
    """A type is declared, but this subscriber neither hears nor declines it."""
