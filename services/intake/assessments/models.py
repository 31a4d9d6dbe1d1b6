"""What intake remembers of needs assessments: yes or no for each need, and what the officer noted."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.assessments.rules import AssessmentOutcome
from shared.privacy.fields import EncryptedJSON
from shared.storage import Base
from shared.storage.columns import Timestamp, enum_text


class Assessment(Base):
    """One interview. The notes are her own words and may name others, so they are encrypted.

    Whether she asked for a confidential talk is not here and must never be: that wish goes to the protection
    compartment in the moment in which it is said.
    """

    __tablename__ = "assessment"
    __table_args__ = (
        CheckConstraint("outcome IS NULL OR interviewed_on IS NOT NULL", name="closed_means_interviewed"),
        # all that was ever asked of one person or group
        Index("ix_assessment_subject_id", "subject_id"),
    )

    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), primary_key=True)
    journey_id: Mapped[UUID]
    subject_id: Mapped[UUID]
    interviewed_on: Mapped[date | None]
    answers: Mapped[dict[str, bool]] = mapped_column(JSONB)
    notes: Mapped[dict[str, str]] = mapped_column(EncryptedJSON)
    outcome: Mapped[AssessmentOutcome | None] = mapped_column(enum_text(AssessmentOutcome, "assessment_outcome"))
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[Timestamp]
