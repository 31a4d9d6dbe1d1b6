"""What persons wanted corrected, on which evidence, who decided, and what stood there before."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.corrections.rules import CorrectionState, RefusalReason
from services.intake.rights.rules import Identified
from shared.privacy.fields import EncryptedJSON, EncryptedText
from shared.storage import Base
from shared.storage.columns import Id, Timestamp, enum_text


class Correction(Base):
    """One wish to have something corrected. What the registry held before stays here: the history of the value."""

    __tablename__ = "correction"
    __table_args__ = (
        # what an agency still has to decide, the most urgent first
        Index("ix_correction_due", "agency", "due_at", postgresql_where=text("decided_at IS NULL")),
        Index("ix_correction_person_id", "person_id"),
        CheckConstraint("(state IN ('done', 'refused')) = (decided_at IS NOT NULL)", name="decided_at_a_moment"),
        CheckConstraint("num_nulls(decided_at, decided_by) IN (0, 2)", name="decided_by_somebody"),
        CheckConstraint("decided_by <> noted_by", name="who_notes_does_not_decide"),
        CheckConstraint(
            "num_nonnulls(reason, explanation) = CASE WHEN state = 'refused' THEN 2 ELSE 0 END",
            name="a_no_has_its_grounds",
        ),
        CheckConstraint("(state = 'done') = (before IS NOT NULL)", name="done_keeps_what_was"),
        CheckConstraint("state <> 'in-review' OR review_id IS NOT NULL", name="in_review_names_it"),
    )

    id: Mapped[Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    area: Mapped[str]
    agency: Mapped[str]
    office: Mapped[str]
    identified: Mapped[Identified] = mapped_column(enum_text(Identified, "correction_identified"))
    seen: Mapped[str] = mapped_column(EncryptedText)
    wanted: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)  # the new values, by detail
    evidence: Mapped[str] = mapped_column(EncryptedText)
    state: Mapped[CorrectionState] = mapped_column(enum_text(CorrectionState, "correction_state"))
    noted_by: Mapped[UUID]
    noted_at: Mapped[Timestamp]
    due_at: Mapped[Timestamp]
    review_id: Mapped[UUID | None] = mapped_column(ForeignKey("duplicate_review.id"))
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[Timestamp | None]
    before: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON)
    told: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")  # whose copies were corrected
    reason: Mapped[RefusalReason | None] = mapped_column(enum_text(RefusalReason, "correction_reason"))
    explanation: Mapped[str | None] = mapped_column(EncryptedText)
