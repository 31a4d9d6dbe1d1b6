"""What monitoring remembers of meetings: its own memory, which no replay touches.

Agenda items copy what the read model said on the day; they hold no foreign keys to it, because it may be rebuilt.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from services.monitoring.meetings.rules import OVER, Reason, TaskState
from shared.kernel import clock
from shared.privacy.fields import EncryptedText
from shared.storage import Base
from shared.storage.columns import Id, Timestamp, enum_text


class Meeting(Base):
    """A meeting that an office convenes for an area, on some programmes or, where none is named, on all."""

    __tablename__ = "meeting"
    __table_args__ = (
        CheckConstraint("num_nonnulls(held_at, held_by, minutes) IN (0, 3)", name="held_with_its_minutes"),
        CheckConstraint("num_nonnulls(cancelled_at, cancelled_because) IN (0, 2)", name="cancelled_for_a_reason"),
        CheckConstraint("held_at IS NULL OR cancelled_at IS NULL", name="held_or_cancelled"),
        # an office lists its meetings, the latest first
        Index("ix_meeting_office", "office", "meets_on", "id"),
    )

    id: Mapped[Id]
    agency: Mapped[str]
    office: Mapped[str]
    area: Mapped[str]
    programmes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    meets_on: Mapped[date]
    place: Mapped[str]
    convened_by: Mapped[UUID]
    convened_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())
    held_at: Mapped[Timestamp | None]
    held_by: Mapped[UUID | None]
    minutes: Mapped[str | None] = mapped_column(EncryptedText)
    cancelled_at: Mapped[Timestamp | None]
    cancelled_because: Mapped[str | None] = mapped_column(EncryptedText)

    @property
    def state(self) -> str:
        """Whether it is planned, held or cancelled."""
        return "held" if self.held_at else "cancelled" if self.cancelled_at else "planned"


class AgendaItem(Base):
    """A journey or a fund that a meeting discusses, and why; `subject` is the referral, journey or fund meant."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        UniqueConstraint("meeting_id", "reason", "subject"),
        CheckConstraint("(fund_id IS NULL) <> (journey_id IS NULL)", name="a_journey_or_a_fund"),
        # an agenda is read in its order
        Index("ix_agenda_item_number", "meeting_id", "number", "id"),
        # a stage that is withdrawn leaves the agendas on which it waits
        Index("ix_agenda_item_waiting", "referral_id", postgresql_where=text("reason = 'waiting'")),
    )

    id: Mapped[Id]
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    number: Mapped[int]
    reason: Mapped[Reason] = mapped_column(enum_text(Reason, "agenda_reason"))
    subject: Mapped[str]
    programme: Mapped[str | None]
    area: Mapped[str | None]
    journey_id: Mapped[UUID | None]
    referral_id: Mapped[UUID | None]
    stage: Mapped[str | None]
    office: Mapped[str | None]
    fund_id: Mapped[str | None]
    since: Mapped[Timestamp]


class AgendaWish(Base):
    """A journey that a coordinator wants discussed, and why; `meeting_id` is the meeting at which it was."""

    __tablename__ = "agenda_wish"
    __table_args__ = (Index("uq_agenda_wish", "journey_id", unique=True, postgresql_where=text("meeting_id IS NULL")),)

    id: Mapped[Id]
    journey_id: Mapped[UUID]
    words: Mapped[str] = mapped_column(EncryptedText)
    asked_by: Mapped[UUID]
    signed: Mapped[str] = mapped_column(EncryptedText)
    coordinating_office: Mapped[str]
    asked_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())
    meeting_id: Mapped[UUID | None] = mapped_column(ForeignKey("meeting.id"))


class Attendance(Base):
    """How many people came to a meeting from one office; no names."""

    __tablename__ = "meeting_attendance"
    __table_args__ = (CheckConstraint("people > 0", name="somebody_came"),)

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    office: Mapped[str] = mapped_column(primary_key=True)
    agency: Mapped[str]
    people: Mapped[int]


class Task(Base):
    """A decision of a meeting: who does what until when, and what came of it."""

    __tablename__ = "meeting_task"
    __table_args__ = (
        CheckConstraint("(state = 'decided') = (assigned_at IS NULL)", name="given_when_the_meeting_was_held"),
        CheckConstraint("num_nonnulls(accepted_at, accepted_by) IN (0, 2)", name="accepted_by_somebody"),
        CheckConstraint("state <> 'accepted' OR accepted_at IS NOT NULL", name="accepted_at_a_moment"),
        CheckConstraint(
            "num_nonnulls(done_at, done_by, note) = CASE WHEN state = 'done' THEN 3 ELSE 0 END", name="done_with_a_note"
        ),
        CheckConstraint(
            "num_nonnulls(returned_at, returned_by, returned_because) IN (0, 3)", name="returned_for_a_reason"
        ),
        CheckConstraint("state <> 'returned' OR returned_at IS NOT NULL", name="returned_at_a_moment"),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended_at_a_moment"),
        Index(
            "ix_meeting_task_journey_id", "journey_id", postgresql_where=text("state NOT IN ('done', 'ended')")
        ),  # what hangs on a journey that ends
        Index("ix_meeting_task_meeting_id", "meeting_id"),  # the decisions of a meeting
        # an office's task list, the earliest due first; and what an agenda begins with
        Index("ix_meeting_task_office", "office", "due_on", "id"),
    )

    id: Mapped[Id]
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("agenda_item.id"))
    journey_id: Mapped[UUID | None]
    decision: Mapped[str] = mapped_column(EncryptedText)
    agency: Mapped[str]
    office: Mapped[str]
    due_on: Mapped[date]
    chosen_on: Mapped[date | None]  # the day that the meeting chose; with `working_days` it is counted anew
    counted_from: Mapped[date | None]
    working_days: Mapped[int | None]  # from then to the day chosen, by the area's calendar of that moment
    rescheduled: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))  # by which decree
    state: Mapped[TaskState] = mapped_column(enum_text(TaskState, "meeting_task_state"))
    decided_by: Mapped[UUID]
    assigned_at: Mapped[Timestamp | None]
    accepted_at: Mapped[Timestamp | None]
    accepted_by: Mapped[UUID | None]
    done_at: Mapped[Timestamp | None]
    done_by: Mapped[UUID | None]
    note: Mapped[str | None] = mapped_column(EncryptedText)
    returned_at: Mapped[Timestamp | None]
    returned_by: Mapped[UUID | None]
    returned_because: Mapped[str | None] = mapped_column(EncryptedText)
    ended_at: Mapped[Timestamp | None]

    @property
    def is_overdue(self) -> bool:
        """Whether its day has passed and somebody still owes it."""
        return self.state not in OVER and self.due_on < clock.today()
