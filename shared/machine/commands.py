"""What those who run a service set right: held events tried again or left out, a halted subscriber resumed."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from shared.bus import Participant, Subscriber, confirmations, held
from shared.bus.models import HeldEvent
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel.errors import Conflict, NotFound
from shared.kernel.logging import get_logger
from shared.web import access

log = get_logger(__name__)


class NotHalted(Conflict):
    """This subscriber is not halted any more."""

    indonesian = "Pelanggan peristiwa ini tidak lagi dihentikan."


@dataclass(frozen=True)
class Retried:
    """How many held events of a stream were applied, and what stopped the rest."""

    applied: int
    error: str | None


def retry(
    session: Session, officer: Officer, participant: Participant, subscriber: str, source: str, stream: str
) -> Retried:
    """Apply a stream's held events in their order, up to the first that fails again; raises NotHeld."""
    access.require(officer, Permission.MACHINE_RUN)
    applied, error = held.retry_stream(
        session, _subscriber(participant, subscriber), source, stream, signature_of(officer)
    )
    if not applied and error is None:
        raise held.NotHeld
    return Retried(applied, error)


def skip(session: Session, officer: Officer, participant: Participant, event_id: UUID, reason: str) -> HeldEvent:
    """Leave one held event out for good, for a reason that is kept; raises NotFound, NotHeld, ReasonNeeded."""
    access.require(officer, Permission.MACHINE_RUN)
    found = session.get(HeldEvent, event_id)
    if found is None:
        raise NotFound(what="held event")
    subscriber = _subscriber(participant, found.subscriber)
    skipped = held.skip(session, subscriber, str(event_id), signature_of(officer), reason)
    log.warning("held-event-skipped", held=str(event_id), type=found.type, by=str(officer.id))
    return skipped


def resume(session: Session, officer: Officer, subscriber: str) -> int:
    """Send to a halted subscriber again, once both histories agree; raises NotHalted."""
    access.require(officer, Permission.MACHINE_RUN)
    partitions = confirmations.resume(session, subscriber)
    if not partitions:
        raise NotHalted
    log.warning("subscriber-resumed", subscriber=subscriber, partitions=partitions, by=str(officer.id))
    return partitions


def signature_of(officer: Officer) -> str:
    """By what an officer is known beside what she settled."""
    return f"{officer.signs} ({officer.office})"


def _subscriber(participant: Participant, name: str) -> Subscriber:
    try:
        return participant.subscriber(name)
    except LookupError as unknown:
        raise NotFound(what="subscriber") from unknown
