"""What is remembered of aid and the people behind it: persons and households by identifier, never by name."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.grants.entitlements.rules import LIVE, ClaimState
from shared.privacy.fields import EncryptedText
from shared.storage import Base
from shared.storage.columns import Id, Timestamp, enum_text

IS_LIVE = "state IN ({})".format(", ".join(f"'{state}'" for state in sorted(LIVE)))


class AidCase(Base):
    """A referral that may give aid: in which budget year, and what its journey's version says of other aid."""

    __tablename__ = "aid_case"

    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), primary_key=True)
    journey_id: Mapped[UUID] = mapped_column(index=True)  # a journey that ends lets go of all its cases
    kind: Mapped[str]
    programme: Mapped[str]
    budget_year: Mapped[int]
    agency: Mapped[str]
    office: Mapped[str]
    compatibility: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class AidBeneficiary(Base):
    """Somebody who would receive the aid of a referral; forgotten when the journey ends."""

    __tablename__ = "aid_beneficiary"
    # Whether an officer has a case of this person.
    __table_args__ = (Index("ix_aid_beneficiary_person", "person_id"),)

    referral_id: Mapped[UUID] = mapped_column(ForeignKey("aid_case.referral_id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    household_id: Mapped[UUID | None]
    aid: Mapped[list[str]] = mapped_column(JSONB)
    household_aid: Mapped[list[str]] = mapped_column(JSONB)


class AidClaim(Base):
    """A person's share of one journey's aid, in one budget year."""

    __tablename__ = "aid_claim"
    __table_args__ = (
        UniqueConstraint("journey_id", "kind", "person_id"),
        CheckConstraint("amount >= 0", name="not_negative"),
        # What a person, or her household, has in a year: read by every decision, under the locks of its people.
        Index("ix_aid_claim_person", "person_id", "budget_year", postgresql_where=text(IS_LIVE)),
        Index("ix_aid_claim_household", "household_id", "budget_year", postgresql_where=text(IS_LIVE)),
    )

    id: Mapped[Id]
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("aid_case.referral_id"), index=True)
    journey_id: Mapped[UUID]
    kind: Mapped[str]
    person_id: Mapped[UUID]
    household_id: Mapped[UUID | None]
    budget_year: Mapped[int]
    amount: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[ClaimState] = mapped_column(enum_text(ClaimState, "claim_state"))
    claimed_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())
    moved_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())


class AidAcknowledgement(Base):
    """An officer was warned of other aid and decided all the same: of which, for how many, and why."""

    __tablename__ = "aid_acknowledgement"

    id: Mapped[Id]
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("aid_case.referral_id"), index=True)
    met: Mapped[dict[str, int]] = mapped_column(JSONB)
    reason: Mapped[str] = mapped_column(EncryptedText)
    officer_id: Mapped[UUID]
    at: Mapped[Timestamp] = mapped_column(default=func.kail_now())
