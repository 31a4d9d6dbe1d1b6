"""What a fund remembers: its ceiling and running totals, and the ledger that explains them.

The running totals spare every officer's screen a sum over the ledger; `queries.audit` proves that the two agree. The
database itself refuses a total above the ceiling and an entry whose parts do not fit its move.
"""

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column

from services.grants.funds.rules import Balance, Move, Purpose, Source
from shared.storage import Base
from shared.storage.columns import Timestamp, enum_text


class PaperPayment(Base):
    """What a fund had given on paper before Kail: no move of Kail's, and spent all the same."""

    __tablename__ = "paper_payment"
    __table_args__ = (
        CheckConstraint("amount > 0", name="something_was_given"),
        Index("ix_paper_payment_fund", "fund_id"),
    )

    referral_id: Mapped[UUID] = mapped_column(primary_key=True)
    journey_id: Mapped[UUID]
    fund_id: Mapped[str]  # perhaps not open yet when it is heard
    amount: Mapped[int] = mapped_column(BigInteger)
    paid_on: Mapped[date]
    document: Mapped[str | None]


class Fund(Base):
    """One line of a budget: whose it is, for which year, and where its money stands."""

    __tablename__ = "fund"
    __table_args__ = (
        CheckConstraint("reserved + committed + realised + lent <= ceiling", name="within_the_ceiling"),
        CheckConstraint(
            "ceiling > 0 AND reserved >= 0 AND committed >= 0 AND realised >= 0 AND returned >= 0"
            " AND lent >= 0 AND repaid >= 0",
            name="never_negative",
        ),
        CheckConstraint("closed_on IS NULL OR reserved + committed = 0", name="closed_means_nothing_set_aside"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    title_en: Mapped[str | None]
    source: Mapped[Source] = mapped_column(enum_text(Source, "fund_source"))
    owner_office: Mapped[str]
    budget_year: Mapped[int]
    ceiling: Mapped[int] = mapped_column(BigInteger)
    ceiling_note: Mapped[str]
    reserved: Mapped[int] = mapped_column(BigInteger, default=0)
    committed: Mapped[int] = mapped_column(BigInteger, default=0)
    realised: Mapped[int] = mapped_column(BigInteger, default=0)
    returned: Mapped[int] = mapped_column(BigInteger, default=0)
    lent: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    repaid: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    opened_by: Mapped[UUID]
    opened_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())
    closed_on: Mapped[date | None]
    if TYPE_CHECKING:
        on_paper: Mapped[int]

    @property
    def balance(self) -> Balance:
        """The running totals as the rules know them."""
        return Balance(self.reserved, self.committed, self.realised, self.returned, self.lent, self.repaid)

    @balance.setter
    def balance(self, after: Balance) -> None:
        self.reserved, self.committed = after.reserved, after.committed
        self.realised, self.returned = after.realised, after.returned
        self.lent, self.repaid = after.lent, after.repaid

    @property
    def free(self) -> int:
        """What can still be set aside."""
        return 0 if self.closed_on else max(self.left_to_kail - self.balance.used, 0)

    @property
    def left_to_kail(self) -> int:
        """What of the ceiling was not given on paper before."""
        return max(self.ceiling - int(self.on_paper or 0), 0)


Fund.on_paper = column_property(  # beside the class, in which `id` would be the column's own declaration
    select(func.coalesce(func.sum(PaperPayment.amount), 0)).where(PaperPayment.fund_id == Fund.id).scalar_subquery()
)


class FundEntry(Base):
    """One move of money for one grant; written once, never changed."""

    __tablename__ = "fund_entry"
    __table_args__ = (
        CheckConstraint(
            "amount > 0 AND CASE move"
            " WHEN 'reserve' THEN (reserved, committed, realised, returned, lent, repaid)"
            " = (amount, 0, 0, 0, 0, 0)"
            " WHEN 'commit' THEN (committed, realised, returned, lent, repaid) = (amount, 0, 0, 0, 0) AND reserved <= 0"
            " WHEN 'realise' THEN (reserved, committed, realised, returned, lent, repaid)"
            " = (0, -amount, amount, 0, 0, 0)"
            " WHEN 'return' THEN (reserved, committed, realised, returned, lent, repaid)"
            " = (0, 0, -amount, amount, 0, 0)"
            " WHEN 'lend' THEN (reserved, committed, realised, returned, lent, repaid)"
            " = (0, -amount, 0, 0, amount, 0)"
            " WHEN 'repay' THEN (reserved, committed, realised, returned, lent, repaid)"
            " = (0, 0, 0, 0, -amount, amount)"
            " ELSE reserved + committed = -amount AND reserved <= 0 AND committed <= 0"
            " AND (realised, returned, lent, repaid) = (0, 0, 0, 0) END",
            name="parts_fit_the_move",
        ),
        # what a grant holds, and a fund's ledger from the latest entry on
        Index("ix_fund_entry_grant", "grant_id", "fund_id"),
        Index("ix_fund_entry_fund", "fund_id", "seq"),
    )

    seq: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    fund_id: Mapped[str] = mapped_column(ForeignKey("fund.id"))
    grant_id: Mapped[UUID]
    journey_id: Mapped[UUID]
    move: Mapped[Move] = mapped_column(enum_text(Move, "fund_move"))
    amount: Mapped[int] = mapped_column(BigInteger)
    reserved: Mapped[int] = mapped_column(BigInteger)
    committed: Mapped[int] = mapped_column(BigInteger)
    realised: Mapped[int] = mapped_column(BigInteger)
    returned: Mapped[int] = mapped_column(BigInteger)
    lent: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    repaid: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    purpose: Mapped[Purpose] = mapped_column(
        enum_text(Purpose, "fund_purpose"), default=Purpose.GOODS, server_default=Purpose.GOODS.value
    )
    document: Mapped[str | None]
    moved_by: Mapped[UUID | None]
    moved_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())
