"""The relay: gives committed events their position, and sends every subscriber what it has not confirmed.

One relay of a service is active at a time (an advisory lock); others stand by. Everything it keeps in memory may be
lost: after a restart it begins again from what the subscribers have confirmed.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import Text, any_, bindparam, func, select, text, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from shared.bus import routes
from shared.bus.chain import GENESIS, Batch, Passed, Sent, link
from shared.bus.messages import Transport, Wishes
from shared.bus.models import LoggedEvent, LogHead, Subscription, SubscriptionState, Wish
from shared.events.envelope import digest
from shared.kernel.failpoints import failpoint
from shared.kernel.logging import get_logger
from shared.storage.database import Database

log = get_logger(__name__)

BATCH = 500
"""Events in one batch at most: measured, larger ones gain nothing and smaller ones cost throughput."""
WINDOW = 2
"""Batches to one subscriber and partition that may be unconfirmed: one is worked on while the next travels."""
PATIENCE = 2.0
"""Seconds without a confirmation after which the relay goes back, at the least. A subscriber that usually takes
longer is given twice its usual time, up to `MOST_PATIENCE`: sending again what is only late makes a busy subscriber
busier. Each going back in vain doubles it, up to `LONGEST_PATIENCE`."""
MOST_PATIENCE = 10.0
LONGEST_PATIENCE = 30.0
SILENT_AFTER = 3
"""Goings back in vain after which the log tells of it: a quarter of a minute at the least."""
NUMBERED_AT_ONCE = 5_000
NUMBERING_LOCK = 0x4B61_696D

LOCK = select(func.pg_advisory_xact_lock(NUMBERING_LOCK))
UNNUMBERED = (
    select(LoggedEvent.seq, LoggedEvent.partition, LoggedEvent.body, LoggedEvent.sealed_digest)
    .where(LoggedEvent.position.is_(None))
    .order_by(LoggedEvent.seq)
    .limit(NUMBERED_AT_ONCE)
)
HEADS = select(LogHead.partition, LogHead.position, LogHead.hash)
NUMBER = text("""
    WITH numbered AS (
        UPDATE event_log
           SET position = given.position, hash = given.hash
          FROM unnest(CAST(CAST(:seqs AS text) AS bigint[]), CAST(CAST(:positions AS text) AS bigint[]),
                      CAST(CAST(:hashes AS text) AS bytea[])) AS given (seq, position, hash)
         WHERE event_log.seq = given.seq
    )
    INSERT INTO event_log_head (partition, position, hash)
    SELECT *
      FROM unnest(CAST(CAST(:partitions AS text) AS smallint[]), CAST(CAST(:heads AS text) AS bigint[]),
                  CAST(CAST(:ends AS text) AS bytea[]))
        ON CONFLICT (partition) DO UPDATE SET position = excluded.position, hash = excluded.hash
""")
ACTIVE = select(Subscription.subscriber, Subscription.partition, Subscription.confirmed, Subscription.asked).where(
    Subscription.state == SubscriptionState.ACTIVE,
    Subscription.subscriber == any_(bindparam("subscribers", type_=ARRAY(Text))),
)
WISHES = select(Wish.subscriber, Wish.declined, Wish.elsewhere)
FROM_POSITION = (
    select(
        *(LoggedEvent.position, LoggedEvent.hash, LoggedEvent.type, LoggedEvent.concerns, LoggedEvent.body),
        *(LoggedEvent.sealed_digest, LoggedEvent.sealed),
    )
    .where(LoggedEvent.partition == bindparam("partition"), LoggedEvent.position >= bindparam("position"))
    .order_by(LoggedEvent.position)
    .limit(bindparam("most"))
)
"""With the event at the position itself, for its hash: a statement more costs more than an event read in vain."""


@dataclass(slots=True)
class Window:
    """What the relay remembers of one subscriber and partition between two steps."""

    confirmed: int = 0
    asked: int = 0
    sent: int = 0
    unconfirmed: dict[int, float] = field(default_factory=dict)  # last position of a batch: when it was sent
    usual: float = 0.0
    patience: float = PATIENCE
    in_vain: int = 0
    """How often the relay has gone back since anything was confirmed."""

    def follow(self, confirmed: int, asked: int) -> None:
        """Take note of how far the subscriber has confirmed, and whether it asked for something again."""
        if (confirmed, asked) == (self.confirmed, self.asked):
            return
        self.in_vain = 0
        if asked != self.asked or confirmed < self.confirmed:
            self.sent, self.unconfirmed = confirmed, {}
        elif confirmed in self.unconfirmed:
            took = time.monotonic() - self.unconfirmed[confirmed]
            self.usual = max(took, 0.8 * self.usual + 0.2 * took)
            self.patience = min(max(PATIENCE, 2 * self.usual), MOST_PATIENCE)
        self.unconfirmed = {last: at for last, at in self.unconfirmed.items() if last > confirmed}
        self.confirmed, self.asked, self.sent = confirmed, asked, max(self.sent, confirmed)

    def note_sent(self, last: int) -> None:
        """Take note of a batch that is on its way (or may be)."""
        self.sent = last
        self.unconfirmed[last] = time.monotonic()

    def go_back(self) -> None:
        """Forget what was sent and not confirmed, so that it is sent again."""
        self.sent, self.unconfirmed = self.confirmed, {}

    def go_back_if_impatient(self) -> bool:
        """Go back when nothing was confirmed in time; says whether it did."""
        if not self.unconfirmed or time.monotonic() < min(self.unconfirmed.values()) + self.patience:
            return False
        self.go_back()
        self.in_vain += 1
        self.patience = min(self.patience * 2, LONGEST_PATIENCE)
        return True


@dataclass
class Logged:
    """One event as the log has it, read once however many subscribers it goes to."""

    kind: str
    concerns: str | None
    body: str
    sealed_digest: bytes | None
    parts: dict[str, Any] | None

    @cached_property
    def digest(self) -> bytes:
        """The digest of its open part."""
        return digest(self.body)


EVERYTHING = Wishes()
"""What a subscriber is taken to wish that has not said anything yet."""


class Relay:
    """The relay of one service; `step` does everything that is to be done at the moment."""

    def __init__(self, database: Database, transport: Transport) -> None:
        self.database = database
        self.transport = transport
        self.subscribers = routes.subscribers_of(database.service)
        self.windows: dict[tuple[str, int], Window] = {}
        self.heads: dict[int, int] = {}
        self.wishes: dict[str, Wishes] = {}

    @property
    def waits_for_confirmations(self) -> bool:
        """Whether some subscriber, as far as is known here, is still at work on what it was sent."""
        return any(window.unconfirmed for window in self.windows.values())

    def step(self) -> int:
        """Number what is committed and send what may be sent; returns how many batches were sent."""
        with self.database.transaction() as session:
            self.heads = number(session)
            self._follow_confirmations(session)
            batches = self._due(session)
        failpoint("relay.numbered")
        for parcel in parcels(batches):
            failpoint("relay.before-send")
            self._send(parcel)
            failpoint("relay.after-send")
        return len(batches)

    def _follow_confirmations(self, session: Session) -> None:
        """Read what was confirmed, and enrol every subscriber in every partition that has events."""
        wanted = {(subscriber, partition) for subscriber in self.subscribers for partition in self.heads}
        missing = wanted - self.windows.keys()
        if missing:
            session.execute(
                postgresql.insert(Subscription).on_conflict_do_nothing(),
                [{"subscriber": subscriber, "partition": partition} for subscriber, partition in sorted(missing)],
            )
        active = session.execute(ACTIVE, {"subscribers": list(self.subscribers)}).all()
        self.wishes = {
            wish.subscriber: Wishes(tuple(wish.declined), tuple(wish.elsewhere)) for wish in session.execute(WISHES)
        }
        known = self.windows
        self.windows = {}
        for subscriber, partition, confirmed, asked in active:
            window = known.get((subscriber, partition)) or Window(confirmed, asked, confirmed)
            window.follow(confirmed, asked)
            self.windows[subscriber, partition] = window

    def _due(self, session: Session) -> list[Batch]:
        """The batches that may be sent now, each read from the log once however many subscribers it goes to."""
        due: list[Batch] = []
        read: dict[tuple[int, int], tuple[bytes, Sequence[Logged]]] = {}
        went_back: list[tuple[str, int]] = []
        for (subscriber, partition), window in self.windows.items():
            if window.go_back_if_impatient():
                went_back.append((subscriber, partition))
            while len(window.unconfirmed) < WINDOW and window.sent < self.heads.get(partition, 0):
                start = partition, window.sent
                if start not in read:
                    read[start] = _events_after(session, *start)
                previous, rows = read[start]
                events = self._events_for(subscriber, rows)
                batch = Batch(subscriber, self.database.service, partition, window.sent + 1, previous, events)
                window.note_sent(batch.last)
                due.append(batch)
        if went_back:
            self._complain(went_back)
            session.execute(
                update(Subscription.__table__)  # type: ignore[arg-type]
                .where(Subscription.subscriber == bindparam("name"), Subscription.partition == bindparam("number"))
                .values(resent=Subscription.resent + 1),
                [{"name": subscriber, "number": partition} for subscriber, partition in went_back],
            )
        return due

    def _events_for(self, subscriber: str, rows: Sequence[Logged]) -> list[Sent | Passed]:
        """What a subscriber is sent of these: in full what it hears, and of all else what the chain needs."""
        service, wishes = routes.service_of(subscriber), self.wishes.get(subscriber, EVERYTHING)
        return [
            Passed(each.kind, each.digest, each.sealed_digest)
            if wishes.leave_out(each.kind, each.concerns, service)
            else Sent(each.body, each.sealed_digest, (each.parts or {}).get(service))
            for each in rows
        ]

    def _complain(self, went_back: Iterable[tuple[str, int]]) -> None:
        """Say who confirms nothing however often it is told; once may be a busy moment."""
        silent: dict[str, dict[int, int]] = {}
        for subscriber, partition in sorted(went_back):
            if (in_vain := self.windows[subscriber, partition].in_vain) >= SILENT_AFTER:
                silent.setdefault(subscriber, {})[partition] = in_vain
        for subscriber, told in silent.items():
            log.warning(
                "subscriber-silent", subscriber=subscriber, partitions=list(told), sent_in_vain=max(told.values())
            )

    def _send(self, parcel: Sequence[Batch]) -> None:
        try:
            self.transport.deliver(parcel)
        except Exception as error:  # noqa: BLE001 (the next step repeats it)
            # The broker may have taken it or not; what comes twice is dropped. The subscriber is not to blame, so that
            # its window keeps its patience: else an outage of the broker would go on for half a minute after its end.
            log.warning("send-failed", subscriber=parcel[0].subscriber, error=repr(error))
            for batch in parcel:
                self.windows[batch.subscriber, batch.partition].go_back()


def parcels(batches: Iterable[Batch]) -> list[list[Batch]]:
    """Put the batches of each subscriber together, in their order, into messages of not much more than `BATCH` events.

    Measured: a message costs its receiver a transaction, and the source one for the confirmation, however small it is.
    """
    packed: list[list[Batch]] = []
    open_ones: dict[str, tuple[list[Batch], int]] = {}
    for batch in batches:
        parcel, events = open_ones.get(batch.subscriber, ([], BATCH))
        if events >= BATCH:
            parcel, events = [], 0
            packed.append(parcel)
        parcel.append(batch)
        open_ones[batch.subscriber] = parcel, events + len(batch.events)
    return packed


def number(session: Session) -> dict[int, int]:
    """Give committed events their positions and hashes; returns the last position of each partition.

    The lock makes positions consecutive even in the moment when one relay takes over from another.
    """
    session.execute(LOCK)
    rows = session.execute(UNNUMBERED).all()
    heads = {head.partition: (head.position, head.hash) for head in session.execute(HEADS)}
    seqs, positions, hashes = [], [], []
    for seq, partition, body, sealed_digest in rows:
        position, previous = heads.get(partition, (0, GENESIS))
        heads[partition] = position + 1, link(previous, digest(body), sealed_digest)
        seqs.append(seq)
        positions.append(position + 1)
        hashes.append(heads[partition][1])
    if rows:
        touched = sorted({row.partition for row in rows})
        given = {"seqs": _array(seqs), "positions": _array(positions), "hashes": _array(map(_bytes, hashes))}
        last = [heads[each] for each in touched]
        ends = {"heads": _array(position for position, _ in last), "ends": _array(_bytes(hash_) for _, hash_ in last)}
        session.execute(NUMBER, given | ends | {"partitions": _array(touched)})
    return {partition: position for partition, (position, _) in heads.items()}


def _array(values: Iterable[object]) -> str:
    """A list as one text that PostgreSQL reads: the driver would write out each value for itself."""
    return f"{{{','.join(map(str, values))}}}"


def _bytes(value: bytes) -> str:
    return f'"\\\\x{value.hex()}"'


def _events_after(session: Session, partition: int, position: int) -> tuple[bytes, Sequence[Logged]]:
    """What follows a position, and the hash at it."""
    asked = {"partition": partition, "position": position, "most": BATCH + (position > 0)}
    rows = session.execute(FROM_POSITION, asked).all()
    if position == 0:
        return GENESIS, [Logged(*row[2:]) for row in rows]
    if not rows or rows[0].position != position:
        raise LookupError(f"the log has no position {position} in partition {partition}")
    return rows[0].hash, [Logged(*row[2:]) for row in rows[1:]]
