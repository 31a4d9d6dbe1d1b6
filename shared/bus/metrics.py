"""What an operator watches: how far each subscriber is behind, what is held, what had to be sent again.

The numbers are read from the database at the moment of asking, so every web process tells the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.bus.models import HeldEvent, HeldState, LoggedEvent, LogHead, Subscription, SubscriptionState
from shared.storage.database import Database


@dataclass(frozen=True)
class Lag:
    """How one subscriber stands against one partition of this service's log."""

    subscriber: str
    partition: int
    behind: int
    resent: int
    halted: bool


def unnumbered(session: Session) -> int:
    """How many committed events the relay has not given a position yet."""
    return session.scalar(select(func.count()).where(LoggedEvent.position.is_(None))) or 0


def lags(session: Session) -> list[Lag]:
    """Every subscriber of this service's log, partition by partition."""
    rows = session.execute(
        select(
            Subscription.subscriber,
            Subscription.partition,
            func.coalesce(LogHead.position, 0) - Subscription.confirmed,
            Subscription.resent,
            Subscription.state,
        )
        .join(LogHead, LogHead.partition == Subscription.partition, isouter=True)
        .order_by(Subscription.subscriber, Subscription.partition)
    )
    return [Lag(*row[:4], halted=row[4] is SubscriptionState.HALTED) for row in rows]


def held_by_subscriber(session: Session) -> dict[str, int]:
    """How many events each subscriber of this service holds."""
    rows = session.execute(
        select(HeldEvent.subscriber, func.count())
        .where(HeldEvent.state == HeldState.HELD)
        .group_by(HeldEvent.subscriber)
    )
    return dict(rows.all())


def under_way(session: Session) -> int:
    """How many events of this service are not numbered yet, or not confirmed by somebody who is not halted."""
    return unnumbered(session) + sum(max(lag.behind, 0) for lag in lags(session) if not lag.halted)


def is_settled(session: Session) -> bool:
    """Whether everything this service has announced is numbered and confirmed by everybody who is not halted."""
    return under_way(session) == 0


class BusCollector(Collector):
    """The bus's figures of one service, for Prometheus."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def describe(self) -> list[Metric]:
        """Nothing is measured when the collector is registered."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Read the figures."""
        where = ["subscriber", "partition"]
        behind = GaugeMetricFamily(
            "kail_bus_lag_events", "Events not yet confirmed", labels=["subscriber", "partition"]
        )
        resent = CounterMetricFamily("kail_bus_resent", "Times the relay went back", labels=where)
        halted = GaugeMetricFamily("kail_bus_halted", "1 when histories differ", labels=where)
        held = GaugeMetricFamily("kail_bus_held_events", "Events held", labels=["subscriber"])
        with self.database.reading() as session:
            waiting = GaugeMetricFamily("kail_bus_unnumbered_events", "Events without position", unnumbered(session))
            for lag in lags(session):
                labels = [lag.subscriber, str(lag.partition)]
                behind.add_metric(labels, lag.behind)
                resent.add_metric(labels, lag.resent)
                halted.add_metric(labels, lag.halted)
            for subscriber, count in held_by_subscriber(session).items():
                held.add_metric([subscriber], count)
        yield from (waiting, behind, resent, halted, held)
