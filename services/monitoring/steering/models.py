"""What monitoring remembers of a coordinator's acts: its own memory, which no replay touches.

They hold no foreign keys to the read model, because it may be rebuilt.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.monitoring.steering.rules import Wants
from shared.privacy.fields import EncryptedText
from shared.storage import Base
from shared.storage.columns import Id, Timestamp, enum_text


class CoordinatorAsk(Base):
    """What a coordinator asks of the office that owes a stage: to see to it, or to say why it does not move."""

    __tablename__ = "coordinator_ask"
    __table_args__ = (
        CheckConstraint("(wants = 'explanation') = (due_at IS NOT NULL)", name="an_explanation_has_its_clock"),
        CheckConstraint("num_nonnulls(answer, answered_by, answered_as, answered_at) IN (0, 4)", name="answered_whole"),
        CheckConstraint("wants = 'explanation' OR answered_at IS NULL", name="a_nudge_asks_nothing"),
        # an office is nudged once a day about the same, and owes one explanation at a time
        Index("uq_coordinator_nudge", "referral_id", "asked_on", unique=True, postgresql_where=text("due_at IS NULL")),
        Index(
            "uq_coordinator_question",
            "referral_id",
            unique=True,
            postgresql_where=text("due_at IS NOT NULL AND answered_at IS NULL"),
        ),
        CheckConstraint("escalated_at IS NULL OR due_at IS NOT NULL", name="only_what_has_a_clock_is_late"),
        # what the bell tells on
        Index(
            "ix_coordinator_ask_late",
            "due_at",
            postgresql_where=text("due_at IS NOT NULL AND answered_at IS NULL AND escalated_at IS NULL"),
        ),
        Index("ix_coordinator_ask_office", "office", "asked_at", "id"),
        Index("ix_coordinator_ask_journey_id", "journey_id"),
    )

    id: Mapped[Id]
    journey_id: Mapped[UUID]
    referral_id: Mapped[UUID]
    programme: Mapped[str]
    version: Mapped[int]
    stage: Mapped[str]
    area: Mapped[str]
    agency: Mapped[str]
    office: Mapped[str]
    wants: Mapped[Wants] = mapped_column(enum_text(Wants, "coordinator_wants"))
    words: Mapped[str] = mapped_column(EncryptedText)
    asked_by: Mapped[UUID]
    signed: Mapped[str] = mapped_column(EncryptedText)
    coordinating_office: Mapped[str]
    asked_at: Mapped[Timestamp]
    asked_on: Mapped[date]
    due_at: Mapped[Timestamp | None]
    escalated_at: Mapped[Timestamp | None]  # it is late, and whoever asked was told
    rescheduled: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))  # by which decree
    answer: Mapped[str | None] = mapped_column(EncryptedText)
    answered_by: Mapped[UUID | None]
    answered_as: Mapped[str | None] = mapped_column(EncryptedText)
    answered_at: Mapped[Timestamp | None]


class JourneyFlag(Base):
    """A journey that a coordinator keeps an eye on, and why, until she lifts the flag."""

    __tablename__ = "journey_flag"
    __table_args__ = (
        CheckConstraint("num_nonnulls(lifted_at, lifted_by, lifted_as) IN (0, 3)", name="lifted_by_somebody"),
        Index("uq_journey_flag", "journey_id", unique=True, postgresql_where=text("lifted_at IS NULL")),
    )

    id: Mapped[Id]
    journey_id: Mapped[UUID]
    programme: Mapped[str]
    version: Mapped[int]
    area: Mapped[str]
    words: Mapped[str] = mapped_column(EncryptedText)
    flagged_by: Mapped[UUID]
    signed: Mapped[str] = mapped_column(EncryptedText)
    coordinating_office: Mapped[str]
    flagged_at: Mapped[Timestamp]
    lifted_at: Mapped[Timestamp | None]
    lifted_by: Mapped[UUID | None]
    lifted_as: Mapped[str | None] = mapped_column(EncryptedText)
