"""What a loan remembers: what was lent to whom by which decision, when its parts are due, and what came back.

The subject is an identifier only: who she is stands in intake, and is shared with a stage, not with a loan. How much
of it the fund still misses stands in the fund's ledger, too; `queries.audit` proves that the two agree.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from services.grants.loans import rules
from services.grants.loans.rules import Lender
from shared.events.intake import SubjectKind
from shared.storage import Base
from shared.storage.columns import Id, Timestamp, enum_text


class Loan(Base):
    """Money without interest that a person or a group owes to a fund; its id is that of the case it was decided in."""

    __tablename__ = "loan"
    __table_args__ = (
        UniqueConstraint("referral_id"),
        CheckConstraint("principal > 0 AND repaid BETWEEN 0 AND principal", name="never_more_back_than_lent"),
        # an office's loans, the latest first, and those that still run
        Index("ix_loan_office", "office", "lent_on", "id"),
        Index("ix_loan_running", "office", "id", postgresql_where=text("repaid < principal")),
    )

    id: Mapped[Id]
    lender: Mapped[Lender] = mapped_column(enum_text(Lender, "loan_lender"))
    referral_id: Mapped[UUID]
    journey_id: Mapped[UUID]
    programme: Mapped[str]
    area: Mapped[str]
    agency: Mapped[str]
    office: Mapped[str]
    subject_kind: Mapped[SubjectKind] = mapped_column(enum_text(SubjectKind, "loan_subject_kind"))
    subject_id: Mapped[UUID]
    fund_id: Mapped[str]
    principal: Mapped[int] = mapped_column(BigInteger)
    repaid: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    document: Mapped[str]
    lent_on: Mapped[date]
    decided_by: Mapped[UUID]

    @property
    def outstanding(self) -> int:
        """What is still owed."""
        return self.principal - self.repaid


class LoanInstalment(Base):
    """A part of a loan that is due on a day; written with the loan and never changed."""

    __tablename__ = "loan_instalment"
    __table_args__ = (CheckConstraint("amount > 0 AND number >= 1", name="positive"),)

    loan_id: Mapped[UUID] = mapped_column(ForeignKey("loan.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    due_on: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger)

    @property
    def instalment(self) -> rules.Instalment:
        """The instalment as the rules know it."""
        return rules.Instalment(self.number, self.due_on, self.amount)


class Repayment(Base):
    """Money that came back, with its receipt; written once, never changed."""

    __tablename__ = "loan_repayment"
    __table_args__ = (
        UniqueConstraint("loan_id", "receipt"),
        CheckConstraint("amount > 0", name="positive"),
    )

    id: Mapped[Id]
    loan_id: Mapped[UUID] = mapped_column(ForeignKey("loan.id"))
    amount: Mapped[int] = mapped_column(BigInteger)
    paid_on: Mapped[date]
    receipt: Mapped[str]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())
