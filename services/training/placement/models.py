"""What training remembers of job training: batches with their places, vacancies, and what became of everybody.

Places taken and openings filled are counted on the row that is locked, and the database holds the count to its limit:
officers enrol and place at the same moment.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from services.training.placement.rules import Contract, PlacementOutcome, Sector
from shared.events.intake import SubjectKind
from shared.privacy.fields import EncryptedText
from shared.storage import Base
from shared.storage.columns import Id, Timestamp, enum_text


class JobBatch(Base):
    """A batch (angkatan) of job training that an office gives in one sector."""

    __tablename__ = "job_batch"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="ends_after_it_begins"),
        CheckConstraint("places > 0", name="has_places"),
        CheckConstraint("taken BETWEEN 0 AND places", name="never_oversold"),
        CheckConstraint("(cancelled_at IS NULL) = (cancelled_because IS NULL)", name="cancelled_for_a_reason"),
        # an office lists its batches, the latest first; an officer chooses among those of her sectors
        Index("ix_job_batch_office", "office", "first_day", "id"),
    )

    id: Mapped[Id]
    sector: Mapped[Sector] = mapped_column(enum_text(Sector, "job_batch_sector"))
    title: Mapped[str]
    place: Mapped[str]
    area: Mapped[str]
    places: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    agency: Mapped[str]
    office: Mapped[str]
    planned_by: Mapped[UUID]
    planned_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())
    cancelled_at: Mapped[Timestamp | None]
    cancelled_because: Mapped[str | None]


class Vacancy(Base):
    """Work that an employer offers: the position, how many are wanted, and under which contract."""

    __tablename__ = "vacancy"
    __table_args__ = (
        CheckConstraint("openings > 0", name="wants_somebody"),
        CheckConstraint("filled BETWEEN 0 AND openings", name="never_overfilled"),
        # an office lists its vacancies, the latest first
        Index("ix_vacancy_office", "office", "noted_at", "id"),
    )

    id: Mapped[Id]
    employer: Mapped[str]
    position: Mapped[str]
    sector: Mapped[Sector] = mapped_column(enum_text(Sector, "vacancy_sector"))
    contract: Mapped[Contract] = mapped_column(enum_text(Contract, "vacancy_contract"))
    area: Mapped[str]
    openings: Mapped[int]
    filled: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    agency: Mapped[str]
    office: Mapped[str]
    noted_by: Mapped[UUID]
    noted_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())
    closed_at: Mapped[Timestamp | None]


class JobSeeker(Base):
    """A referred person on her way to work: her batch, her part in it, her assessment and her placement."""

    __tablename__ = "job_seeker"
    __table_args__ = (
        CheckConstraint("took_part IS NULL OR batch_id IS NOT NULL", name="takes_part_in_a_batch"),
        CheckConstraint("passed IS NULL OR (took_part AND assessed_on IS NOT NULL)", name="assessed_who_took_part"),
        CheckConstraint(
            "num_nonnulls(vacancy_id, placed_on, contract) IN (0, 3)", name="placed_with_an_employer_on_a_day"
        ),
        CheckConstraint(
            "vacancy_id IS NULL OR coalesce(passed, false) OR waiver IS NOT NULL", name="placed_after_passing_or_waived"
        ),
        CheckConstraint("(waiver IS NULL) = (waived_by IS NULL)", name="waived_by_somebody"),
        CheckConstraint("(outcome IS NULL) = (ended_on IS NULL)", name="an_end_has_its_day"),
        CheckConstraint("seats > 0", name="takes_a_place"),
        Index("ix_job_seeker_batch_id", "batch_id"),  # who is in a batch
        Index("ix_job_seeker_vacancy_id", "vacancy_id"),  # who was placed in a vacancy
    )

    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), primary_key=True)
    sectors: Mapped[list[str]] = mapped_column(ARRAY(Text))
    subject_kind: Mapped[SubjectKind] = mapped_column(enum_text(SubjectKind, "job_seeker_subject_kind"))
    subject_id: Mapped[UUID]
    office: Mapped[str]
    seats: Mapped[int]
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("job_batch.id"))
    took_part: Mapped[bool | None]
    assessed_on: Mapped[date | None]
    passed: Mapped[bool | None]
    vacancy_id: Mapped[UUID | None] = mapped_column(ForeignKey("vacancy.id"))
    placed_on: Mapped[date | None]
    contract: Mapped[Contract | None] = mapped_column(enum_text(Contract, "job_seeker_contract"))
    waiver: Mapped[str | None] = mapped_column(EncryptedText)
    waived_by: Mapped[UUID | None]
    outcome: Mapped[PlacementOutcome | None] = mapped_column(enum_text(PlacementOutcome, "placement_outcome"))
    ended_on: Mapped[date | None]
    left_at: Mapped[Timestamp | None]
