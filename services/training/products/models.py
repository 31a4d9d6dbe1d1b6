"""What training remembers of products: one ladder a person or group, the evidence on it, and the production log.

The product belongs to her and outlives the stage: a later stage, of this journey or another, goes on where it stands.
Its name and brand may name a person and stand encrypted.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from services.training.products.rules import Extra, Licence, Made, ProductKind, ProductOutcome, Rung
from shared.events.intake import SubjectKind
from shared.privacy.fields import EncryptedJSON, EncryptedText
from shared.storage import Base
from shared.storage.columns import Id, Timestamp, enum_text

SHOWN_ON = ", ".join(f"'{each.value}'" for each in (*Rung, *Extra))


class Product(Base):
    """What a person or group makes."""

    __tablename__ = "product"
    __table_args__ = (
        # one ladder a person or group; agencies that describe it at the same time meet here
        UniqueConstraint("subject_kind", "subject_id"),
        CheckConstraint("shelf_days >= 0", name="keeps_some_days"),
        CheckConstraint("kind <> 'food' OR shelf_days IS NOT NULL", name="food_says_how_long_it_keeps"),
    )

    id: Mapped[Id]
    subject_kind: Mapped[SubjectKind] = mapped_column(enum_text(SubjectKind, "product_subject_kind"))
    subject_id: Mapped[UUID]
    kind: Mapped[ProductKind] = mapped_column(enum_text(ProductKind, "product_kind"))
    name: Mapped[str] = mapped_column(EncryptedText)
    shelf_days: Mapped[int | None]
    described_by: Mapped[UUID]
    described_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())


class ProductStage(Base):
    """A stage that asks for a rung, and how it ended."""

    __tablename__ = "product_stage"
    __table_args__ = (
        CheckConstraint("(outcome IS NULL) = (ended_on IS NULL)", name="an_end_has_its_day"),
        # an office lists the products that it was asked about, the latest first
        Index("ix_product_stage_office", "office", "referral_id"),
        CheckConstraint("(outcome = 'not-yet') = (missing IS NOT NULL)", name="not_yet_says_what_is_missing"),
    )

    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), primary_key=True)
    subject_kind: Mapped[SubjectKind] = mapped_column(enum_text(SubjectKind, "product_stage_subject_kind"))
    subject_id: Mapped[UUID]
    office: Mapped[str]
    area: Mapped[str]
    target: Mapped[Rung] = mapped_column(enum_text(Rung, "product_target"))
    outcome: Mapped[ProductOutcome | None] = mapped_column(enum_text(ProductOutcome, "product_outcome"))
    rung: Mapped[Rung | None] = mapped_column(enum_text(Rung, "product_rung"))
    licence: Mapped[Licence | None] = mapped_column(enum_text(Licence, "product_licence"))
    missing: Mapped[str | None] = mapped_column(EncryptedText)
    ended_on: Mapped[date | None]
    left_at: Mapped[Timestamp | None]


class ProductEvidence(Base):
    """What an officer saw that shows a rung, or halal or trade mark beside the ladder; the latest of each counts."""

    __tablename__ = "product_evidence"
    __table_args__ = (
        CheckConstraint(f"rung IN ({SHOWN_ON})", name="shows_something_known"),
        # the latest evidence of each rung of a product
        Index("ix_product_evidence_latest", "product_id", "rung", "id"),
    )

    id: Mapped[Id]
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"))
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"))
    rung: Mapped[str]
    seen_on: Mapped[date]
    details: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    seen_by: Mapped[UUID]
    office: Mapped[str]
    recorded_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())


class Production(Base):
    """What was made on a day, and whether its quality was kept; told again for the same day, it is put right."""

    __tablename__ = "production"
    __table_args__ = (CheckConstraint("quantity > 0", name="made_something"),)

    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"), primary_key=True)
    made_on: Mapped[date] = mapped_column(primary_key=True)
    quantity: Mapped[int]
    unit: Mapped[str]
    quality_kept: Mapped[bool]
    written_by: Mapped[UUID]
    written_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())

    @property
    def made(self) -> Made:
        """The day as the rules see it."""
        return Made(self.made_on, self.quality_kept)
