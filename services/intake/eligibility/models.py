"""Every verification as it was decided, with the facts that it was decided on."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.eligibility.rules import Check, Outcome
from shared.privacy.fields import EncryptedJSON
from shared.storage import Base
from shared.storage.columns import Timestamp, enum_text


class Verification(Base):
    """One decision: on which check, on which facts and findings, by whom.

    `facts` is the registries' snapshot at that moment, member by member, without names; `findings` is what the
    officer wrote and may name persons, so it is encrypted.
    """

    __tablename__ = "verification"
    __table_args__ = (Index("ix_verification_subject_id", "subject_id"),)

    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), primary_key=True)
    journey_id: Mapped[UUID]
    subject_id: Mapped[UUID]
    check: Mapped[Check] = mapped_column(enum_text(Check, "verification_check"))
    outcome: Mapped[Outcome] = mapped_column(enum_text(Outcome, "verification_outcome"))
    failed: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    facts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    findings: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    decided_by: Mapped[UUID]
    decided_at: Mapped[Timestamp]
