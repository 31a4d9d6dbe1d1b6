"""What training remembers: courses with their sessions, who was enrolled, and who was there.

An enrolment outlives its referral's work: it is the training history of a person or a group, so that the same course
is not given to her twice.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.training.courses.rules import CourseOutcome
from shared.events.intake import SubjectKind
from shared.privacy.fields import EncryptedText
from shared.storage import Base
from shared.storage.columns import Id, Timestamp, enum_text


class Course(Base):
    """A course or briefing that an office gives."""

    __tablename__ = "course"
    __table_args__ = (
        CheckConstraint("places > 0", name="has_places"),
        # an office lists its courses, the latest first; an officer chooses among those of one type
        Index("ix_course_office", "office", "type", "first_day", "id"),
    )

    id: Mapped[Id]
    type: Mapped[str]
    title: Mapped[str]
    agency: Mapped[str]
    office: Mapped[str]
    area: Mapped[str]
    places: Mapped[int]
    first_day: Mapped[date]
    planned_by: Mapped[UUID]
    planned_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())

    sessions: Mapped[list["CourseSession"]] = relationship(
        back_populates="course", order_by="CourseSession.number", lazy="selectin"
    )


class CourseSession(Base):
    """One meeting of a course."""

    __tablename__ = "course_session"
    __table_args__ = (
        UniqueConstraint("course_id", "number"),
        CheckConstraint("number >= 1", name="counted_from_one"),
    )

    id: Mapped[Id]
    course_id: Mapped[UUID] = mapped_column(ForeignKey("course.id"))
    number: Mapped[int]
    held_on: Mapped[date]
    place: Mapped[str]

    course: Mapped[Course] = relationship(back_populates="sessions")


class Enrolment(Base):
    """A referred person or group, the course chosen for her, and how it ended."""

    __tablename__ = "course_enrolment"
    __table_args__ = (
        CheckConstraint("members > 0", name="a_group_has_members"),
        CheckConstraint(
            "(outcome IS NULL) = (ended_on IS NULL) AND (outcome IS NULL) = (sessions_attended IS NULL)",
            name="an_end_has_its_count",
        ),
        CheckConstraint(
            "num_nonnulls(taught_before_reason, taught_before_by, taught_before_at) IN (0, 3)",
            name="who_gives_it_again_says_why",
        ),
        # who sits in a course
        Index("ix_course_enrolment_course_id", "course_id"),
        # what a person or group has been taught before
        Index(
            "ix_course_enrolment_history",
            "subject_kind",
            "subject_id",
            "type",
            postgresql_where=text("outcome IS NOT NULL"),
        ),
        # what a person has been taught as a member of a group
        Index(
            "ix_course_enrolment_member_ids",
            "member_ids",
            postgresql_using="gin",
            postgresql_where=text("outcome IS NOT NULL"),
        ),
    )

    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), primary_key=True)
    course_id: Mapped[UUID | None] = mapped_column(ForeignKey("course.id"))
    type: Mapped[str]
    sessions_asked: Mapped[int]
    subject_kind: Mapped[SubjectKind] = mapped_column(enum_text(SubjectKind, "course_enrolment_subject_kind"))
    subject_id: Mapped[UUID]
    members: Mapped[int | None]
    member_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    office: Mapped[str]
    outcome: Mapped[CourseOutcome | None] = mapped_column(enum_text(CourseOutcome, "course_outcome"))
    sessions_attended: Mapped[int | None]
    ended_on: Mapped[date | None]
    left_at: Mapped[Timestamp | None]
    taught_before_reason: Mapped[str | None] = mapped_column(EncryptedText)
    taught_before_by: Mapped[UUID | None]
    taught_before_at: Mapped[Timestamp | None]

    @property
    def seats(self) -> int:
        """How many places it takes: one for a person, one for each member of a group."""
        return self.members or 1


class Attendance(Base):
    """Whether a person, or how many members of a group, came to a session."""

    __tablename__ = "course_attendance"
    __table_args__ = (
        CheckConstraint("members_present >= 0", name="nobody_is_less_than_nobody"),
        # how often one referral was there
        Index("ix_course_attendance_referral_id", "referral_id"),
    )

    session_id: Mapped[UUID] = mapped_column(ForeignKey("course_session.id"), primary_key=True)
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("course_enrolment.referral_id"), primary_key=True)
    present: Mapped[bool]
    members_present: Mapped[int | None]
    marked_by: Mapped[UUID]
    marked_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())
