"""The signatures on a journey's result."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.monitoring.causes import Cause
from services.monitoring.outcomes.rules import Signature, Verdict
from shared.storage import Base
from shared.storage.columns import Timestamp, enum_text


class GraduationSignature(Base):
    """One officer's signature, with the criterion that she signed by, as the programme put it then.

    The database itself refuses a second one by the same person.
    """

    __tablename__ = "graduation_signature"
    __table_args__ = (
        UniqueConstraint("referral_id", "officer_id"),
        CheckConstraint("(verdict = 'failed') = (cause IS NOT NULL)", name="a_failure_has_its_cause"),
    )

    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[UUID]
    officer_name: Mapped[str]
    verdict: Mapped[Verdict] = mapped_column(enum_text(Verdict, "graduation_verdict"))
    cause: Mapped[Cause | None] = mapped_column(enum_text(Cause, "graduation_cause"))
    criterion: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    signed_at: Mapped[Timestamp]

    @property
    def word(self) -> Signature:
        """The signature as the rules see it."""
        return Signature(self.officer_id, self.verdict, self.cause)
