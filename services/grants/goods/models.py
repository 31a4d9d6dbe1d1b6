"""What a goods grant remembers, one grant for each journey: its RAB, decisions, orders, deeds and account.

Money itself is not kept here: how much of which fund a grant holds stands in the funds' ledger, and only there.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.grants.goods.rules import Condition, GrantState, Line, OrderState, Verdict
from shared.privacy.fields import EncryptedJSON
from shared.storage import Base
from shared.storage.columns import Id, Timestamp, enum_text


class Grant(Base):
    """The goods that one journey asks for, and what was decided about them."""

    __tablename__ = "goods_grant"
    __table_args__ = (
        UniqueConstraint("journey_id"),
        CheckConstraint(
            "decided_by <> recorded_by AND decided_by <> submitted_by", name="who_proposes_does_not_decide"
        ),
        CheckConstraint("(state IN ('drafted', 'withdrawn')) OR total > 0", name="proposed_with_lines"),
    )

    id: Mapped[Id]
    journey_id: Mapped[UUID]
    programme: Mapped[str]
    area: Mapped[str]
    office: Mapped[str]
    fund_id: Mapped[str]
    ceiling: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[GrantState] = mapped_column(enum_text(GrantState))
    total: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    recorded_by: Mapped[UUID | None]
    submitted_by: Mapped[UUID | None]
    decided_by: Mapped[UUID | None]
    decided_on: Mapped[date | None]
    sk_number: Mapped[str | None]
    opened_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())
    on_paper: Mapped[date | None]
    """The day on which its goods were handed over on paper, before Kail: then it has one line, and no ledger."""
    paper: Mapped[str | None]


class RabLine(Base):
    """One line of the itemised budget (RAB), and what has been delivered of it."""

    __tablename__ = "rab_line"
    __table_args__ = (
        UniqueConstraint("grant_id", "number"),
        CheckConstraint("quantity > 0 AND unit_price > 0 AND total = quantity * unit_price", name="adds_up"),
        CheckConstraint("received BETWEEN 0 AND quantity AND realised BETWEEN 0 AND total", name="no_silent_overrun"),
    )

    id: Mapped[Id]
    grant_id: Mapped[UUID] = mapped_column(ForeignKey("goods_grant.id"))
    number: Mapped[int]
    item: Mapped[str]
    quantity: Mapped[int]
    unit: Mapped[str]
    unit_price: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    realised: Mapped[int] = mapped_column(BigInteger, server_default=text("0"), default=0)
    closed_at: Mapped[Timestamp | None]

    @property
    def line(self) -> Line:
        """The line as the rules know it."""
        return Line(
            self.number, self.quantity, self.unit_price, self.received, self.realised, self.closed_at is not None
        )


class RabChange(Base):
    """A line whose price or quantity is to change after the decision: proposed by one officer, approved by another."""

    __tablename__ = "rab_change"
    __table_args__ = (
        CheckConstraint("approved_by <> proposed_by", name="who_proposes_does_not_approve"),
        CheckConstraint("quantity > 0 AND unit_price > 0", name="positive"),
        Index("uq_rab_change_waiting", "rab_line_id", unique=True, postgresql_where=text("approved_at IS NULL")),
    )

    id: Mapped[Id]
    rab_line_id: Mapped[UUID] = mapped_column(ForeignKey("rab_line.id"))
    quantity: Mapped[int]
    unit_price: Mapped[int] = mapped_column(BigInteger)
    quantity_before: Mapped[int]
    unit_price_before: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str]
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[Timestamp | None]


class Decision(Base):
    """What the SK says about a grant; prepared by an officer, in force once an approver has signed it."""

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("referral_id"),
        CheckConstraint("(signed_at IS NULL) = (signed_by IS NULL)", name="signed_by_somebody"),
    )

    id: Mapped[Id]
    grant_id: Mapped[UUID] = mapped_column(ForeignKey("goods_grant.id"), index=True)
    referral_id: Mapped[UUID]
    verdict: Mapped[Verdict] = mapped_column(enum_text(Verdict))
    sk_number: Mapped[str]
    sk_date: Mapped[date]
    prepared_by: Mapped[UUID]
    signed_by: Mapped[UUID | None]
    signed_at: Mapped[Timestamp | None]


class PurchaseOrder(Base):
    """The goods of a grant, ordered from a vendor."""

    __tablename__ = "purchase_order"
    __table_args__ = (
        UniqueConstraint("grant_id", "number"),
        CheckConstraint("(state = 'failed') = (failed_because IS NOT NULL)", name="failed_for_a_reason"),
        Index("uq_purchase_order_placed", "grant_id", unique=True, postgresql_where=text("state = 'placed'")),
    )

    id: Mapped[Id]
    grant_id: Mapped[UUID] = mapped_column(ForeignKey("goods_grant.id"))
    number: Mapped[str]
    vendor: Mapped[str]
    ordered_on: Mapped[date]
    state: Mapped[OrderState] = mapped_column(enum_text(OrderState), default=OrderState.PLACED)
    failed_because: Mapped[str | None]
    placed_by: Mapped[UUID]


class HandOver(Base):
    """A hand-over deed (BAST); a draft until it is signed, and then never changed."""

    __tablename__ = "hand_over"
    __table_args__ = (
        UniqueConstraint("grant_id", "number"),
        Index("uq_hand_over_draft", "grant_id", unique=True, postgresql_where=text("signed_at IS NULL")),
    )

    id: Mapped[Id]
    grant_id: Mapped[UUID] = mapped_column(ForeignKey("goods_grant.id"))
    order_id: Mapped[UUID] = mapped_column(ForeignKey("purchase_order.id"))
    number: Mapped[str]
    handed_over_on: Mapped[date]
    witnesses: Mapped[list[str]] = mapped_column(EncryptedJSON)
    recorded_by: Mapped[UUID]
    signed_by: Mapped[UUID | None]
    signed_at: Mapped[Timestamp | None]


class HandOverLine(Base):
    """What the deed says of one line of the RAB."""

    __tablename__ = "hand_over_line"
    __table_args__ = (
        CheckConstraint(
            "quantity >= 0 AND unit_price > 0 AND (condition <> 'refused' OR quantity = 0)", name="plausible"
        ),
    )

    hand_over_id: Mapped[UUID] = mapped_column(ForeignKey("hand_over.id", ondelete="CASCADE"), primary_key=True)
    rab_line_id: Mapped[UUID] = mapped_column(ForeignKey("rab_line.id"), primary_key=True)
    condition: Mapped[Condition] = mapped_column(enum_text(Condition, "goods_condition"))
    quantity: Mapped[int]
    unit_price: Mapped[int] = mapped_column(BigInteger)
    serial: Mapped[str | None]
    photo: Mapped[str | None]


class AccountReport(Base):
    """The accountability report: for each line of the RAB what was spent, and the receipts that show it."""

    __tablename__ = "account_report"

    grant_id: Mapped[UUID] = mapped_column(ForeignKey("goods_grant.id"), primary_key=True)
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())


class GoodsDivision(Base):
    """The goods of a grant were divided, by berita acara, between a group and those that left it; never changed."""

    __tablename__ = "goods_division"
    __table_args__ = (UniqueConstraint("grant_id", "split_id"),)

    id: Mapped[Id]
    grant_id: Mapped[UUID] = mapped_column(ForeignKey("goods_grant.id"))
    split_id: Mapped[UUID] = mapped_column(ForeignKey("group_split.id"))
    group_id: Mapped[UUID]  # whose goods they were until then
    berita_acara: Mapped[str]
    divided_on: Mapped[date]
    recorded_by: Mapped[UUID]


class GoodsShare(Base):
    """How many units of a line a group was given when goods were divided, or kept, where they were its own."""

    __tablename__ = "goods_share"
    __table_args__ = (CheckConstraint("quantity >= 0", name="not_negative"),)

    division_id: Mapped[UUID] = mapped_column(ForeignKey("goods_division.id"), primary_key=True)
    rab_line_id: Mapped[UUID] = mapped_column(ForeignKey("rab_line.id"), primary_key=True)
    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    quantity: Mapped[int]
