"""The visits that a referral's stage consists of: planned when it is offered, recorded one after the other."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from services.monitoring.causes import Cause
from services.monitoring.visits.rules import Condition, Goods
from shared.storage import Base
from shared.storage.columns import Timestamp, enum_text

FINDINGS = ["visited_on", "omzet", "profit", "goods", "condition", "recorded_by", "recorded_at"]


class Visit(Base):
    """One planned visit, and, once it took place, what the officer found."""

    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint(f"num_nulls({', '.join(FINDINGS)}) IN (0, {len(FINDINGS)})", name="recorded_as_a_whole"),
        CheckConstraint("coalesce(condition = 'stalled', false) = (cause IS NOT NULL)", name="a_stall_has_its_cause"),
        CheckConstraint("approval IS NULL OR goods = 'sold'", name="only_sales_are_approved"),
        # Few are: the list of goods that went away without approval reads nothing else.
        Index("ix_visit_is_flagged", "referral_id", postgresql_where=text("is_flagged")),
        CheckConstraint("omzet >= 0 AND profit <= omzet", name="amounts_make_sense"),
    )

    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[int]
    due_on: Mapped[date]
    visited_on: Mapped[date | None]
    omzet: Mapped[int | None] = mapped_column(BigInteger)
    profit: Mapped[int | None] = mapped_column(BigInteger)
    goods: Mapped[Goods | None] = mapped_column(enum_text(Goods, "visit_goods"))
    condition: Mapped[Condition | None] = mapped_column(enum_text(Condition, "visit_condition"))
    cause: Mapped[Cause | None] = mapped_column(enum_text(Cause, "visit_cause"))
    approval: Mapped[str | None]  # the number of the letter that allowed goods to be passed on or sold
    is_flagged: Mapped[bool] = mapped_column(default=False, server_default=false())
    recorded_by: Mapped[UUID | None]
    recorded_at: Mapped[Timestamp | None]
