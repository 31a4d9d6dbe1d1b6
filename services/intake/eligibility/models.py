"""Every verification as it was decided, with the facts that it was decided on."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.eligibility.rules import Check, Outcome
from shared.privacy.fields import EncryptedJSON, EncryptedText
from shared.storage import Base
from shared.storage.columns import Id, Timestamp, enum_text


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
    override_id: Mapped[UUID | None] = mapped_column(ForeignKey("eligibility_override.id"))
    by_one_person: Mapped[bool] = mapped_column(server_default=text("false"))
    """Decided otherwise than the registries in a release that asked no second person."""


class Override(Base):
    """A wish to decide otherwise than the registries say: on which evidence, and what a second person said.

    The database itself refuses that somebody agrees with herself.
    """

    __tablename__ = "eligibility_override"
    __table_args__ = (
        CheckConstraint("decided_by <> asked_by", name="decided_by_a_second_person"),
        CheckConstraint(
            "num_nonnulls(decided_by, decided_office, decided_name, decided_at, agreed, reason) IN (0, 6)",
            name="decided_as_a_whole",
        ),
        Index("uq_eligibility_override_waiting", "referral_id", unique=True, postgresql_where=text("agreed IS NULL")),
        Index("ix_eligibility_override_referral_id", "referral_id"),
    )

    id: Mapped[Id]
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"))
    journey_id: Mapped[UUID]
    programme: Mapped[str]
    version: Mapped[int]
    office: Mapped[str]
    area: Mapped[str]
    conditions: Mapped[list[str]] = mapped_column(JSONB)
    evidence: Mapped[str] = mapped_column(EncryptedText)
    asked_by: Mapped[UUID]
    asked_name: Mapped[str] = mapped_column(EncryptedText)
    asked_at: Mapped[Timestamp]
    decided_by: Mapped[UUID | None]
    decided_office: Mapped[str | None]
    decided_name: Mapped[str | None] = mapped_column(EncryptedText)
    decided_at: Mapped[Timestamp | None]
    agreed: Mapped[bool | None]
    reason: Mapped[str | None] = mapped_column(EncryptedText)
