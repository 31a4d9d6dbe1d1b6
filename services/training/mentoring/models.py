"""What training remembers of mentoring: cohorts of students with their term, and the cash books they help to keep.

A student's name and number are personal data and stand encrypted. A cash book's lines are only ever added to: the
database itself refuses to change or to take out one of them.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.training.mentoring.rules import Direction, Line, MentoringOutcome
from shared.events.intake import SubjectKind
from shared.privacy.fields import BlindIndex, EncryptedText
from shared.storage import Base
from shared.storage.columns import Id, Timestamp, enum_text


class MentorCohort(Base):
    """Students whom a university sends for one term."""

    __tablename__ = "mentor_cohort"
    __table_args__ = (
        CheckConstraint("begins_on < ends_on", name="ends_after_it_begins"),
        # an office lists its cohorts, the latest first, and chooses mentors among those under way
        Index("ix_mentor_cohort_office", "office", "begins_on", "id"),
    )

    id: Mapped[Id]
    agency: Mapped[str]
    office: Mapped[str]
    title: Mapped[str]
    begins_on: Mapped[date]
    ends_on: Mapped[date]
    planned_by: Mapped[UUID]
    planned_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())

    mentors: Mapped[list["Mentor"]] = relationship(back_populates="cohort", order_by="Mentor.id", lazy="selectin")


class Mentor(Base):
    """A student of a cohort; with an account of her own she keeps the cash books herself."""

    __tablename__ = "mentor"
    __table_args__ = (
        UniqueConstraint("cohort_id", "student_number_index"),
        UniqueConstraint("cohort_id", "account_id"),
        # whoever signs in as a mentor finds her terms
        Index("ix_mentor_account_id", "account_id"),
    )

    id: Mapped[Id]
    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("mentor_cohort.id"))
    name: Mapped[str] = mapped_column(EncryptedText)
    student_number: Mapped[str] = mapped_column(EncryptedText)
    student_number_index: Mapped[bytes] = mapped_column(
        BlindIndex(
            "student_number",
            "student-number {}",
            within="SELECT office FROM mentor_cohort WHERE mentor_cohort.id = mentor.cohort_id",
        )
    )
    account_id: Mapped[UUID | None]

    cohort: Mapped[MentorCohort] = relationship(back_populates="mentors", lazy="joined")


class CashBook(Base):
    """The cash book of a referred person or group, who helps to keep it, and what became of it."""

    __tablename__ = "cash_book"
    __table_args__ = (
        CheckConstraint("months > 0 AND entries_asked > 0", name="asks_something"),
        CheckConstraint("(mentor_id IS NULL) = (begins_on IS NULL)", name="begins_with_its_mentor"),
        CheckConstraint(
            "num_nonnulls(outcome, entries, income, expense, months_kept, ended_on) IN (0, 6)",
            name="an_end_has_its_figures",
        ),
        # the books that a mentor keeps at present
        Index("ix_cash_book_mentor_id", "mentor_id", postgresql_where=text("ended_on IS NULL AND left_at IS NULL")),
        # an office's books, the latest first
        Index("ix_cash_book_office", "office", "referral_id"),
    )

    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), primary_key=True)
    office: Mapped[str]
    area: Mapped[str]
    subject_kind: Mapped[SubjectKind] = mapped_column(enum_text(SubjectKind, "cash_book_subject_kind"))
    subject_id: Mapped[UUID]
    months: Mapped[int]
    entries_asked: Mapped[int]
    mentor_id: Mapped[UUID | None] = mapped_column(ForeignKey("mentor.id"))
    begins_on: Mapped[date | None]
    assigned_by: Mapped[UUID | None]
    assigned_at: Mapped[Timestamp | None]
    outcome: Mapped[MentoringOutcome | None] = mapped_column(enum_text(MentoringOutcome, "mentoring_outcome"))
    entries: Mapped[int | None]
    income: Mapped[int | None] = mapped_column(BigInteger)
    expense: Mapped[int | None] = mapped_column(BigInteger)
    months_kept: Mapped[int | None]
    ended_on: Mapped[date | None]
    left_at: Mapped[Timestamp | None]

    @property
    def is_open(self) -> bool:
        """Whether it is still being kept."""
        return self.ended_on is None and self.left_at is None


class CashEntry(Base):
    """One line of a cash book, numbered as it was written; `what` may name a customer and stands encrypted."""

    __tablename__ = "cash_entry"
    __table_args__ = (
        UniqueConstraint("referral_id", "number"),
        # an entry is undone once
        UniqueConstraint("referral_id", "corrects"),
        ForeignKeyConstraint(["referral_id", "corrects"], ["cash_entry.referral_id", "cash_entry.number"]),
        CheckConstraint("number >= 1 AND corrects < number", name="counted_from_one"),
        CheckConstraint("amount > 0", name="moves_money"),
        {"info": {"append_only": ("what",)}},
    )

    id: Mapped[Id]
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("cash_book.referral_id"))
    number: Mapped[int]
    happened_on: Mapped[date]
    direction: Mapped[Direction] = mapped_column(enum_text(Direction, "cash_direction"))
    amount: Mapped[int] = mapped_column(BigInteger)
    what: Mapped[str] = mapped_column(EncryptedText)
    corrects: Mapped[int | None]
    written_by: Mapped[UUID]
    written_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())

    @property
    def line(self) -> Line:
        """The entry as the rules see it."""
        return Line(self.number, self.happened_on, self.direction, self.amount, self.corrects)
