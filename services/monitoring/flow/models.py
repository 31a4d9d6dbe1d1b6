"""What the read model remembers: only what events said, only codes, nothing personal.

Every row is written by one source alone: a journey and its offers by intake, what became of a referral by the service
that runs the stage. So the order between sources cannot matter, and no two deliveries ever wait for the same row.
Queries join the two halves of a stage by the referral.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import Computed, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.storage import Base
from shared.storage.columns import Id, Timestamp


class JourneyFigure(Base):
    """A journey from its first day to its end, as intake tells it."""

    __tablename__ = "journey_figure"
    __table_args__ = (
        Index("ix_journey_figure_listed", "programme", "version", "opened_at", "id"),
        Index("ix_journey_figure_open", "programme", "version", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[Id]
    programme: Mapped[str]
    version: Mapped[int]
    area: Mapped[str]
    subject_kind: Mapped[str]
    members: Mapped[int]
    lead_office: Mapped[str]
    parent_journey_id: Mapped[UUID | None]
    opened_on: Mapped[date]
    opened_at: Mapped[Timestamp]
    ended_at: Mapped[Timestamp | None]
    outcome: Mapped[str | None]
    because: Mapped[str | None]


class StageFigure(Base):
    """A stage as intake offered it: to whom, and until when. Its id is the referral's.

    One that waits for her consent stands here, too, under the leading office, called off at the moment it began.
    """

    __tablename__ = "stage_figure"
    __table_args__ = (Index("ix_stage_figure_journey_id_stage", "journey_id", "stage"),)

    id: Mapped[Id]
    journey_id: Mapped[UUID]
    stage: Mapped[str]
    attempt: Mapped[int]
    agency: Mapped[str]
    office: Mapped[str]
    sender_office: Mapped[str]
    offered_at: Mapped[Timestamp]
    remind_at: Mapped[Timestamp]
    due_at: Mapped[Timestamp]
    expires_at: Mapped[Timestamp | None]
    called_off_at: Mapped[Timestamp | None]
    stuck_at: Mapped[Timestamp | None]
    stuck_because: Mapped[str | None]
    accountable_office: Mapped[str | None]


class SkippedStage(Base):
    """A stage that a journey went on without, because its condition did not hold."""

    __tablename__ = "skipped_stage"

    journey_id: Mapped[Id]
    stage: Mapped[str] = mapped_column(primary_key=True)
    skipped_at: Mapped[Timestamp]


class ReferralFigure(Base):
    """What became of a referral, as the service that runs the stage tells it.

    The state is computed from what happened, so that hearing things late or twice leads to the same one.
    """

    __tablename__ = "referral_figure"

    id: Mapped[Id]
    journey_id: Mapped[UUID] = mapped_column(index=True)
    stage: Mapped[str]
    agency: Mapped[str]
    office: Mapped[str]
    opened_at: Mapped[Timestamp | None]
    accepted_at: Mapped[Timestamp | None]
    reminded_at: Mapped[Timestamp | None]
    escalated_at: Mapped[Timestamp | None]
    closed_at: Mapped[Timestamp | None]
    closed_as: Mapped[str | None]
    outcome: Mapped[str | None]
    reason: Mapped[str | None]
    state: Mapped[str] = mapped_column(
        Computed(
            "CASE WHEN closed_as IS NOT NULL THEN closed_as WHEN accepted_at IS NOT NULL THEN 'accepted' "
            "WHEN opened_at IS NOT NULL THEN 'opened' ELSE 'offered' END",
            persisted=True,
        )
    )


class TimelineEntry(Base):
    """One line of a journey's story. The id is the event's own, so a line stands there once."""

    __tablename__ = "timeline_entry"
    __table_args__ = (Index("ix_timeline_entry_story", "journey_id", "happened_at", "id"),)

    id: Mapped[Id]
    journey_id: Mapped[UUID]
    happened_at: Mapped[Timestamp]
    service: Mapped[str]
    type: Mapped[str]
    stage: Mapped[str | None]
    agency: Mapped[str | None]
    office: Mapped[str | None]
    referral_id: Mapped[UUID | None]
    cause_id: Mapped[UUID | None]
    trace_id: Mapped[UUID]
    said: Mapped[dict[str, str | int]] = mapped_column(JSONB)


class VisitFigure(Base):
    """One visit that took place: which planned month it was, and how the business did."""

    __tablename__ = "visit_figure"
    # how the businesses of many journeys did, and which visit of a journey was the last
    __table_args__ = (Index("ix_visit_figure_journey_id", "journey_id", "month", "recorded_at"),)

    referral_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    journey_id: Mapped[UUID]
    stage: Mapped[str]
    office: Mapped[str]
    month: Mapped[int]
    visited_on: Mapped[date]
    condition: Mapped[str]
    recorded_at: Mapped[Timestamp]
