"""Proves from the databases alone that every event was applied exactly once, in order, by every subscriber."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from shared.bus import routes
from shared.bus.chain import GENESIS, link
from shared.bus.metrics import unnumbered
from shared.bus.models import (
    Cursor,
    HeldEvent,
    HeldState,
    LoggedEvent,
    LogHead,
    Subscription,
    SubscriptionState,
)
from shared.events.envelope import digest
from shared.storage.database import Database


class Gravity(StrEnum):
    """How bad a finding is."""

    BROKEN = "broken"  # a promise is not kept
    BEHIND = "behind"  # nothing is lost, but work is still under way
    HELD = "held"  # nothing is lost, but an operator has to decide


@dataclass(frozen=True)
class Finding:
    """One thing that an audit found."""

    gravity: Gravity
    where: str
    what: str

    def to_json(self) -> dict[str, Any]:
        """The finding as JSON values."""
        return asdict(self)


def audit_bus(databases: Mapping[str, Database]) -> list[Finding]:
    """Compare the logs, chains, subscriptions and cursors of all services, given by name."""
    findings: list[Finding] = []
    for source, base in databases.items():
        with base.reading() as session:
            findings += _audit_log(source, session)
            for subscriber in routes.subscribers_of(source):
                with databases[routes.service_of(subscriber)].reading() as other:
                    findings += _audit_route(source, session, subscriber, other)
    return findings


def _audit_log(source: str, session: Session) -> Iterator[Finding]:
    where = f"{source}'s log"
    if count := unnumbered(session):
        yield Finding(Gravity.BEHIND, where, f"{count} events have no position yet")
    heads = {head.partition: head for head in session.scalars(select(LogHead))}
    reached: dict[int, tuple[int | None, bytes | None]] = {}
    rows = session.execute(
        select(
            LoggedEvent.partition,
            LoggedEvent.position,
            LoggedEvent.body,
            LoggedEvent.sealed_digest,
            LoggedEvent.hash,
        )
        .where(LoggedEvent.position.is_not(None))
        .order_by(LoggedEvent.partition, LoggedEvent.position)
        .execution_options(yield_per=5_000)
    )
    for partition, position, body, sealed_digest, hash_ in rows:
        before, previous = reached.get(partition, (0, GENESIS))
        if position != (before or 0) + 1:
            yield Finding(Gravity.BROKEN, where, f"partition {partition} jumps from {before} to {position}")
        if link(previous or GENESIS, digest(body), sealed_digest) != hash_:
            yield Finding(Gravity.BROKEN, where, f"the chain breaks at {position} in partition {partition}")
        reached[partition] = position, hash_
    for partition, head in heads.items():
        if reached.get(partition) != (head.position, head.hash):
            yield Finding(Gravity.BROKEN, where, f"partition {partition} does not end where its head says")


def _audit_route(source: str, session: Session, subscriber: str, other: Session) -> Iterator[Finding]:
    where = f"{source} to {subscriber}"
    subscriptions = {
        each.partition: each for each in session.scalars(select(Subscription).filter_by(subscriber=subscriber))
    }
    cursors = {
        each.partition: each for each in other.scalars(select(Cursor).filter_by(subscriber=subscriber, source=source))
    }
    set_aside = _set_aside(other, subscriber, source)
    own = _hashes_at(session, {partition: cursor.position for partition, cursor in cursors.items()})
    for head in session.scalars(select(LogHead).order_by(LogHead.partition)):
        here = f"{where}, partition {head.partition}"
        subscription, cursor = subscriptions.get(head.partition), cursors.get(head.partition)
        heard = cursor.position if cursor else 0
        if subscription and subscription.state is SubscriptionState.HALTED:
            yield Finding(Gravity.BROKEN, here, f"halted: {subscription.alarm}")
        if subscription and subscription.confirmed > heard:
            yield Finding(Gravity.BROKEN, here, f"confirmed up to {subscription.confirmed} but heard up to {heard}")
        if heard > head.position:
            yield Finding(Gravity.BROKEN, here, f"heard up to {heard}, but the log ends at {head.position}")
        elif heard < head.position:
            yield Finding(Gravity.BEHIND, here, f"heard up to {heard} of {head.position}")
        if cursor is None:
            continue
        if heard <= head.position and own.get(head.partition) != cursor.hash:
            yield Finding(Gravity.BROKEN, here, f"what was heard up to {heard} is not what was announced")
        held, skipped = set_aside.get(head.partition, (0, 0))
        if cursor.applied + held + skipped != heard:
            yield Finding(
                Gravity.BROKEN,
                here,
                f"of {heard} events heard, {cursor.applied} were applied, {held} held and {skipped} skipped",
            )
        if held:
            yield Finding(Gravity.HELD, here, f"{held} events are held")


def _set_aside(session: Session, subscriber: str, source: str) -> dict[int, tuple[int, int]]:
    rows = session.execute(
        select(
            HeldEvent.partition,
            func.count().filter(HeldEvent.state == HeldState.HELD),
            func.count().filter(HeldEvent.state == HeldState.SKIPPED),
        )
        .where(HeldEvent.subscriber == subscriber, HeldEvent.source == source)
        .group_by(HeldEvent.partition)
    )
    return {partition: (held, skipped) for partition, held, skipped in rows}


def _hashes_at(session: Session, positions: Mapping[int, int]) -> dict[int, bytes]:
    """The log's own hash at a position of each partition; a position that the log does not have is left out."""
    known = session.execute(
        select(LoggedEvent.partition, LoggedEvent.hash).where(
            tuple_(LoggedEvent.partition, LoggedEvent.position).in_(list(positions.items()))
        )
    )
    genesis = {partition: GENESIS for partition, position in positions.items() if position == 0}
    return genesis | {partition: hash_ for partition, hash_ in known if hash_ is not None}
