"""What is remembered of cooperatives: their names, who belongs to them (identifiers only), and the ledger of savings.

A member's savings are hers, not a fund's: they stand in a ledger of their own. Capital loans stand in `loans`, under
the id of the membership.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from services.grants.cooperative.rules import LoanVerdict, Membership, Saving
from shared.events.intake import SubjectKind
from shared.privacy.fields import EncryptedText
from shared.storage import Base
from shared.storage.columns import Id, Timestamp, enum_text


class Cooperative(Base):
    """A cooperative; without `formed_on` it is still gathering its founders."""

    __tablename__ = "cooperative"
    __table_args__ = (
        CheckConstraint("formed_on IS NOT NULL OR founders_needed > 0", name="formed_or_gathering"),
        # an office's cooperatives, the latest first
        Index("ix_cooperative_office", "office", "id"),
    )

    id: Mapped[Id]
    name: Mapped[str]
    legal_number: Mapped[str | None]
    office: Mapped[str]
    area: Mapped[str]
    founders_needed: Mapped[int | None]
    formed_on: Mapped[date | None]
    registered_by: Mapped[UUID]
    registered_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())


class CooperativeMember(Base):
    """A person or group that was referred to a cooperative, what she chose, and the loan that is proposed."""

    __tablename__ = "cooperative_member"
    __table_args__ = (
        UniqueConstraint("referral_id"),
        CheckConstraint(
            "state NOT IN ('recorded', 'joined', 'formed')"
            " OR num_nonnulls(cooperative_id, persons, founder, recorded_by) = 4",
            name="of_a_cooperative",
        ),
        CheckConstraint("persons > 0 AND pokok >= 0 AND wajib >= 0 AND sukarela >= 0", name="plausible"),
        CheckConstraint("(loan_verdict IS NULL) = (decided_by IS NULL)", name="decided_by_somebody"),
        CheckConstraint("loan_verdict IS NULL OR decided_by <> recorded_by", name="who_records_does_not_decide"),
        CheckConstraint("num_nonnulls(loan_amount, instalments, first_due) IN (0, 3)", name="a_loan_has_its_schedule"),
        CheckConstraint("state <> 'not-joined' OR reason IS NOT NULL", name="not_joined_for_a_reason"),
        CheckConstraint("continues IS NULL OR pokok = 0", name="pokok_is_paid_once"),
        # nobody is a member of the same cooperative twice; who comes back continues
        Index(
            "uq_cooperative_member_subject",
            "subject_id",
            "cooperative_id",
            unique=True,
            postgresql_where=text("state IN ('joined', 'formed') AND continues IS NULL"),
        ),
        # who belongs to a cooperative or is about to
        Index("ix_cooperative_member_cooperative", "cooperative_id", "id"),
    )

    id: Mapped[Id]
    referral_id: Mapped[UUID]
    journey_id: Mapped[UUID]
    office: Mapped[str]
    subject_kind: Mapped[SubjectKind] = mapped_column(enum_text(SubjectKind, "cooperative_subject_kind"))
    subject_id: Mapped[UUID]
    state: Mapped[Membership] = mapped_column(enum_text(Membership, "cooperative_membership"), default=Membership.OPEN)
    cooperative_id: Mapped[UUID | None] = mapped_column(ForeignKey("cooperative.id"))
    continues: Mapped[UUID | None] = mapped_column(ForeignKey("cooperative_member.id"))
    """The membership of an earlier referral, where she belonged to the cooperative already."""
    persons: Mapped[int | None]
    founder: Mapped[bool | None]
    pokok: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    wajib: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    sukarela: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    receipt: Mapped[str | None]
    fund_id: Mapped[str | None]
    loan_amount: Mapped[int | None] = mapped_column(BigInteger)
    instalments: Mapped[int | None]
    first_due: Mapped[date | None]
    loan_verdict: Mapped[LoanVerdict | None] = mapped_column(enum_text(LoanVerdict, "cooperative_loan_verdict"))
    recorded_by: Mapped[UUID | None]
    decided_by: Mapped[UUID | None]
    joined_on: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(EncryptedText)
    opened_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())


class CooperativeSaving(Base):
    """Money that a member put into her cooperative, or took back (negative); written once, never changed."""

    __tablename__ = "cooperative_saving"
    __table_args__ = (
        CheckConstraint("amount > 0 OR (amount < 0 AND kind = 'sukarela')", name="only_sukarela_is_taken_back"),
        # the simpanan pokok is paid once
        Index("uq_cooperative_saving_pokok", "member_id", unique=True, postgresql_where=text("kind = 'pokok'")),
        # a cooperative's ledger, the latest first, and one member's sums
        Index("ix_cooperative_saving_cooperative", "cooperative_id", "id"),
        Index("ix_cooperative_saving_member", "member_id", "kind"),
    )

    id: Mapped[Id]
    cooperative_id: Mapped[UUID] = mapped_column(ForeignKey("cooperative.id"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("cooperative_member.id"))
    kind: Mapped[Saving] = mapped_column(enum_text(Saving, "cooperative_saving_kind"))
    amount: Mapped[int] = mapped_column(BigInteger)
    saved_on: Mapped[date]
    receipt: Mapped[str]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())
