"""What a service brings to the bus: its subscribers, its bells and its long jobs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.orm import Session

from shared.bus import broker
from shared.bus.subscribers import Subscriber
from shared.kernel.logging import get_logger
from shared.storage.database import Database

log = get_logger(__name__)


@dataclass(frozen=True)
class Bell:
    """Periodic work: it asks the database what is due, so a bell that rings twice or late does no harm."""

    service: str
    name: str
    every: timedelta
    ring: Callable[[Database], None]

    @property
    def task(self) -> str:
        """The Celery task's name."""
        return f"{self.service}.{self.name}"


@dataclass(frozen=True)
class UnderWay:
    """How much long work of one kind there is, and since when the one that stands still longest has not moved."""

    waiting: int
    running: int
    failed: int
    still_since: datetime | None


@dataclass(frozen=True)
class Job:
    """Long work on the service's slow queue: idempotent, with its progress in the database, which `standing` reads."""

    service: str
    name: str
    run: Callable[..., None]
    standing: Callable[[Session], UnderWay] | None = None

    @property
    def task(self) -> str:
        """The Celery task's name."""
        return f"{self.service}.{self.name}"

    def enqueue(self, **arguments: Any) -> None:
        """Ask for the work now; a broker that does not answer is no loss, because a bell looks for work left over."""
        try:
            broker.publish(broker.slow_queue(self.service), self.task, arguments)
        except Exception as error:  # noqa: BLE001 (a bell looks for work left over)
            log.warning("enqueue-failed", task=self.task, error=repr(error))

    def enqueue_after_commit(self, session: Session, **arguments: Any) -> None:
        """Ask for the work once the transaction that wrote it down is committed."""
        sqlalchemy_event.listen(session, "after_commit", lambda _: self.enqueue(**arguments), once=True)


def bell(service: str, name: str, every: timedelta) -> Callable[[Callable[[Database], None]], Bell]:
    """Declare periodic work of a service."""
    return lambda ring: Bell(service, name, every, ring)


def job(
    service: str, name: str, queue: str = "slow", standing: Callable[[Session], UnderWay] | None = None
) -> Callable[[Callable[..., None]], Job]:
    """Declare long work of a service; the function takes the database and identifiers only."""
    if queue != "slow":
        raise ValueError("long work belongs on the slow queue")
    return lambda run: Job(service, name, run, standing)


@dataclass(frozen=True)
class Participant:
    """A service as the bus knows it."""

    name: str
    subscribers: tuple[Subscriber, ...]
    bells: tuple[Bell, ...] = ()
    jobs: tuple[Job, ...] = ()

    def subscriber(self, name: str) -> Subscriber:
        """The subscriber of this name; raises LookupError."""
        for each in self.subscribers:
            if each.name == name:
                return each
        raise LookupError(f"{self.name} has no subscriber {name}")
