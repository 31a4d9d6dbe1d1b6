"""What the bus remembers: the log of what a service announced, and how far it has heard the others."""

import uuid
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, LargeBinary, SmallInteger, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.storage.base import Base
from shared.storage.columns import Id, Timestamp, enum_text


class LoggedEvent(Base):
    """One announced event, written in the very transaction of the change that it tells of.

    `position` and `hash` are given by the relay after the commit, which is what makes the positions of a partition
    gap-free: a number taken at insert can become visible after a later one. `concerns` repeats what the event says of
    itself, where it concerns one service alone, so that the relay need not read it.
    """

    __tablename__ = "event_log"
    __table_args__ = (
        # the relay asks for what has no position yet, in the order in which it was written
        Index("ix_event_log_unnumbered", "seq", postgresql_where=text("position IS NULL")),
        # the relay reads a batch, a confirmation looks up one hash
        Index("uq_event_log_position", "partition", "position", unique=True),
        # a confirmation erases the sealed parts it covers
        Index("ix_event_log_sealed", "partition", "position", postgresql_where=text("sealed IS NOT NULL")),
        {"info": {"append_only": ("position", "hash", "sealed")}},
    )

    seq: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    id: Mapped[uuid.UUID]
    type: Mapped[str]
    stream: Mapped[str]
    partition: Mapped[int] = mapped_column(SmallInteger)
    body: Mapped[str] = mapped_column(Text)
    sealed: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    sealed_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    concerns: Mapped[str | None]
    position: Mapped[int | None] = mapped_column(BigInteger)
    hash: Mapped[bytes | None] = mapped_column(LargeBinary)


class LogHead(Base):
    """The last position and hash that the relay gave in a partition."""

    __tablename__ = "event_log_head"

    partition: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class SubscriptionState(StrEnum):
    """Whether a subscriber is being sent to."""

    ACTIVE = "active"
    HALTED = "halted"  # the histories of the two sides differ: an operator must look before anything more is sent


class Subscription(Base):
    """How far a subscriber has confirmed one partition of this service's log."""

    __tablename__ = "subscription"

    subscriber: Mapped[str] = mapped_column(primary_key=True)
    partition: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    confirmed: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[SubscriptionState] = mapped_column(enum_text(SubscriptionState), default=SubscriptionState.ACTIVE)
    alarm: Mapped[str | None]
    asked: Mapped[int] = mapped_column(BigInteger, default=0)
    resent: Mapped[int] = mapped_column(BigInteger, default=0)
    heard_from_at: Mapped[Timestamp | None]


class Wish(Base):
    """What a subscriber said that it passes over in this service's log; see `messages.Wishes`."""

    __tablename__ = "subscriber_wish"

    subscriber: Mapped[str] = mapped_column(primary_key=True)
    declined: Mapped[list[str]] = mapped_column(ARRAY(Text))
    elsewhere: Mapped[list[str]] = mapped_column(ARRAY(Text))


class Cursor(Base):
    """How far a subscriber of this service has heard one partition of a source; moved with the handlers' own work.

    `hash` is computed from what was really heard, so it equals the source's only if every event came once, in order;
    `applied` counts the events whose effect is in this database (held and skipped ones are not).
    """

    __tablename__ = "cursor"

    subscriber: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    partition: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, default=0)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    applied: Mapped[int] = mapped_column(BigInteger, default=0)
    moved_at: Mapped[Timestamp] = mapped_column(server_default=func.clock_timestamp())


class HeldState(StrEnum):
    """What becomes of an event that could not be applied."""

    HELD = "held"  # waits, and with it every later event of the same stream from that source
    APPLIED = "applied"  # a retry succeeded
    SKIPPED = "skipped"  # an operator decided to go on without it, and said why


class HeldEvent(Base):
    """An event that this subscriber could not apply, or that stands behind one of its stream."""

    __tablename__ = "held_event"
    __table_args__ = (
        Index("uq_held_event_position", "subscriber", "source", "partition", "position", unique=True),
        # deliveries ask whether a stream is blocked; a retry takes a stream's events in order
        Index("ix_held_event_stream", "subscriber", "source", "stream", postgresql_where=text("state = 'held'")),
    )

    id: Mapped[Id]
    subscriber: Mapped[str]
    source: Mapped[str]
    partition: Mapped[int] = mapped_column(SmallInteger)
    position: Mapped[int] = mapped_column(BigInteger)
    stream: Mapped[str]
    type: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    sealed: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    state: Mapped[HeldState] = mapped_column(enum_text(HeldState), default=HeldState.HELD)
    error: Mapped[str] = mapped_column(Text)
    held_at: Mapped[Timestamp] = mapped_column(server_default=func.clock_timestamp())
    settled_at: Mapped[Timestamp | None]
    settled_by: Mapped[str | None]
    settled_reason: Mapped[str | None]
