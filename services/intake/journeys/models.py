"""What intake remembers of journeys: where each one stands, what came back undone, and the programmes published."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.journeys.rules import JourneyStatus
from shared.events.intake import JourneyOutcome, StuckBecause, SubjectKind
from shared.privacy.fields import EncryptedJSON, EncryptedText
from shared.storage import Base
from shared.storage.columns import Id, Timestamp, enum_text

CONTACT_SIZE = 256
"""Bytes."""


class ProgrammeVersion(Base):
    """A published programme, word for word; never changed, because journeys stay on it."""

    __tablename__ = "programme_version"

    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    published_at: Mapped[Timestamp]


class Journey(Base):
    """One person's or group's way through one version of a programme; `state` is the engine's own."""

    __tablename__ = "journey"
    __table_args__ = (
        Index(
            "uq_journey_open",
            *("programme", "version", "subject_id"),
            unique=True,
            postgresql_where=text("status = 'open'"),
        ),
        Index("ix_journey_subject_id", "subject_id"),
        Index("ix_journey_number", text("kail_journey_number(id)")),
        Index(
            "uq_journey_number",
            text("kail_journey_number(id)"),
            unique=True,
            postgresql_where=text("NOT shares_number"),
        ),
        Index("ix_journey_is_stuck", "is_stuck", "id"),
        Index("ix_journey_area", "area", "id", postgresql_ops={"area": "text_pattern_ops"}),
        CheckConstraint("(status = 'ended') = (ended_at IS NOT NULL)", name="ended_says_when"),
        CheckConstraint("(status = 'ended') = (outcome IS NOT NULL)", name="ended_says_how"),
        CheckConstraint("NOT (is_stuck AND status = 'ended')", name="ended_waits_for_nobody"),
    )

    id: Mapped[Id]
    programme: Mapped[str]
    version: Mapped[int]
    subject_kind: Mapped[SubjectKind] = mapped_column(enum_text(SubjectKind, "subject_kind"))
    subject_id: Mapped[UUID]
    area: Mapped[str]
    lead_office: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("journey.id"))
    status: Mapped[JourneyStatus] = mapped_column(enum_text(JourneyStatus))
    is_stuck: Mapped[bool]
    state: Mapped[dict[str, Any]] = mapped_column(JSONB)
    outcome: Mapped[JourneyOutcome | None] = mapped_column(enum_text(JourneyOutcome))
    because: Mapped[str | None]
    end_reason: Mapped[str | None] = mapped_column(EncryptedText)
    contact: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON(size=CONTACT_SIZE))
    """What is told of how to reach her instead of her own wish; of equal length whether there is anything or not."""
    shares_number: Mapped[bool] = mapped_column(server_default=text("false"))
    """It began before numbers were held apart, and an earlier one happens to have the same; true of no other."""
    opened_at: Mapped[Timestamp]
    ended_at: Mapped[Timestamp | None]


class CameBack(Base):
    """A referral that came back undone, and what its office said: on this the leading office decides."""

    __tablename__ = "came_back"
    __table_args__ = (Index("ix_came_back_journey_id", "journey_id"),)

    referral_id: Mapped[UUID] = mapped_column(primary_key=True)
    journey_id: Mapped[UUID] = mapped_column(ForeignKey("journey.id"))
    stage: Mapped[str]
    office: Mapped[str]
    why: Mapped[StuckBecause] = mapped_column(enum_text(StuckBecause))
    reason: Mapped[str | None]
    suggestion: Mapped[str | None]
    explanation: Mapped[str | None] = mapped_column(EncryptedText)
    at: Mapped[Timestamp]


class StageReport(Base):
    """What an office reported of a stage, every attempt of it, with what it found in words or line by line.

    The engine's state keeps the latest facts, on which conditions rest. This is what people read: every later stage as
    far as it is for it, the leading office, and she herself.
    """

    __tablename__ = "stage_report"
    __table_args__ = (Index("ix_stage_report_journey_id", "journey_id"),)

    referral_id: Mapped[UUID] = mapped_column(primary_key=True)
    journey_id: Mapped[UUID] = mapped_column(ForeignKey("journey.id"))
    stage: Mapped[str]
    attempt: Mapped[int]
    kind: Mapped[str]
    agency: Mapped[str]
    office: Mapped[str]
    outcome: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    findings: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON)
    reported_at: Mapped[Timestamp]


class BroughtIn(Base):
    """A stage of a journey that was done on paper: the day of the act, its paper's number, and who entered it when."""

    __tablename__ = "brought_in"
    __table_args__ = (Index("ix_brought_in_journey_id", "journey_id"),)

    referral_id: Mapped[UUID] = mapped_column(primary_key=True)
    journey_id: Mapped[UUID] = mapped_column(ForeignKey("journey.id"))
    stage: Mapped[str]
    attempt: Mapped[int]
    outcome: Mapped[str]
    done_on: Mapped[date]
    paper: Mapped[str | None]
    entered_at: Mapped[Timestamp]
    entered_by: Mapped[UUID]
    entered_as: Mapped[str]
    """Her name, and the capacity in which she acted."""
