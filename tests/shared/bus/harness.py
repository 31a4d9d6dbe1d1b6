"""Two small services on real databases, and a network between them that a test can make as bad as it likes."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.bus import Heard, Subscriber, announce, confirmations, delivery
from shared.bus.audit import Finding, audit_bus
from shared.bus.chain import Batch
from shared.bus.messages import Confirmation
from shared.bus.relay import Relay
from shared.bus.subscribers import batch, each, together
from shared.bus.tasks import state_cursors
from shared.events.intake import JourneyEnded, JourneyOutcome, StageSkipped
from shared.kernel import clock
from shared.storage import Database

EFFECTS = "CREATE TABLE IF NOT EXISTS effect (seq bigserial PRIMARY KEY, journey_id uuid, stage text)"


class Poison(Exception):
    """The handler cannot cope with this event."""


def note_effect(session: Session, heard: Heard[StageSkipped]) -> None:
    """The effect of an event, deliberately not idempotent: only the bus may keep it from happening twice."""
    if heard.event.stage == "poison":
        raise Poison("this event cannot be applied")
    session.execute(
        text("INSERT INTO effect (journey_id, stage) VALUES (:journey, :stage)"),
        {"journey": heard.event.journey_id, "stage": heard.event.stage},
    )


def note_effects(session: Session, heard: Iterable[Heard[StageSkipped]]) -> None:
    """The same for many events at once."""
    for one in heard:
        note_effect(session, one)


WAYS = {
    "one at a time": {StageSkipped: each(note_effect)},
    "in batches": {StageSkipped: batch(note_effects)},
    "together": together(note_effects, [StageSkipped]),
}
"""How a subscriber may hear: the promise is the same."""


@dataclass
class Network:
    """Keeps every message until the test decides what becomes of it."""

    deliveries: list[Sequence[Batch]] = field(default_factory=list)
    confirmations: list[Sequence[Confirmation]] = field(default_factory=list)

    def deliver(self, batches: Sequence[Batch]) -> None:
        self.deliveries.append(batches)

    def confirm(self, confirmations: Sequence[Confirmation]) -> None:
        self.confirmations.append(confirmations)


class Pair:
    """intake announces, grants hears."""

    def __init__(self, databases: Mapping[str, Database], *, way: str = "one at a time") -> None:
        self.databases = databases
        self.source, self.target = databases["intake"], databases["grants"]
        self.network = Network()
        self.relay = Relay(self.source, self.network)
        self.relay.subscribers = ("grants",)
        self.subscriber = Subscriber("grants", hears=WAYS[way], declines={JourneyEnded: "nothing to do"})
        with self.target.engine.begin() as connection:
            connection.execute(text(EFFECTS))
            connection.execute(text("TRUNCATE effect"))

    def announce(self, journey: uuid.UUID, *stages: str) -> None:
        with self.source.transaction() as session:
            for stage in stages:
                announce(session, StageSkipped(journey_id=journey, stage=stage))

    def end(self, journey: uuid.UUID) -> None:
        with self.source.transaction() as session:
            announce(session, JourneyEnded(journey_id=journey, outcome=JourneyOutcome.STOPPED, ended_on=clock.today()))

    def deliver(self, batches: Sequence[Batch]) -> None:
        delivery.receive(self.target, self.subscriber, batches, self.network)

    def confirm(self, said: Sequence[Confirmation]) -> None:
        confirmations.hear(self.source, said)

    def restart_relay(self) -> None:
        self.relay = Relay(self.source, self.network)
        self.relay.subscribers = ("grants",)

    def state_cursors(self) -> None:
        """Let the subscriber state its position after a quiet time."""
        with self.source.engine.begin() as connection:
            connection.execute(text("UPDATE subscription SET heard_from_at = NULL"))
        for said in _stated(self):
            self.confirm(said)

    def settle(self) -> None:
        """Let every message through, until nothing more is to be said."""
        for _ in range(200):
            self.relay.step()
            if not self.network.deliveries and not self.network.confirmations:
                return
            self.pump()

    def pump(self) -> None:
        """Let through what is on its way."""
        while self.network.deliveries:
            self.deliver(self.network.deliveries.pop(0))
        while self.network.confirmations:
            self.confirm(self.network.confirmations.pop(0))

    def effects(self) -> list[tuple[uuid.UUID, str]]:
        with self.target.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text("SELECT journey_id, stage FROM effect ORDER BY seq"))]

    def findings(self) -> list[Finding]:
        found = audit_bus(
            {"intake": self.source, "grants": self.target, "training": self.source, "monitoring": self.source}
        )
        return [finding for finding in found if finding.where.startswith(("intake's log", "intake to grants"))]


def _stated(pair: Pair) -> list[Sequence[Confirmation]]:
    from shared.bus.participant import Participant

    said = Network()
    state_cursors(pair.target, Participant("grants", (pair.subscriber,)), said)
    return said.confirmations
