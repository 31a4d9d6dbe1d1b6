"""What a zakat case remembers, one case for each referral: the assessment, what is proposed, and the decision.

How much of the fund a case holds stands in the fund's ledger; what is owed of a loan stands in `loans`, under the same
id. Reasons and sources are an officer's own words about somebody, so they are encrypted.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from services.grants.zakat.rules import Asnaf, CaseState, Form
from shared.events.intake import SubjectKind
from shared.privacy.fields import EncryptedText
from shared.storage import Base
from shared.storage.columns import Id, Timestamp, enum_text


class ZakatCase(Base):
    """Somebody who asks for zakat, what was found, and what was decided."""

    __tablename__ = "zakat_case"
    __table_args__ = (
        UniqueConstraint("referral_id"),
        CheckConstraint("decided_by <> assessed_by", name="who_assesses_does_not_decide"),
        CheckConstraint(
            "state IN ('open', 'withdrawn') OR num_nonnulls(income, households, members, line, asnaf, assessed_by) = 6",
            name="assessed_before_decided",
        ),
        CheckConstraint(
            "state NOT IN ('granted', 'lent') OR (amount > 0"
            " AND num_nonnulls(form, document, handed_over_on, decided_by, decided_on) = 5)",
            name="handed_over_with_a_document",
        ),
        CheckConstraint(
            "(state <> 'granted' OR form = 'grant') AND (state <> 'lent' OR form = 'qardhul-hasan')",
            name="a_loan_is_not_a_grant",
        ),
        CheckConstraint("state <> 'refused' OR reason IS NOT NULL", name="refused_for_a_reason"),
        CheckConstraint("(form IS NULL) = (amount IS NULL)", name="so_much_in_a_form"),
        CheckConstraint("income >= 0 AND households > 0 AND members >= households AND line > 0", name="plausible"),
        # an office's cases, the latest first
        Index("ix_zakat_case_office", "office", "id"),
    )

    id: Mapped[Id]
    referral_id: Mapped[UUID]
    journey_id: Mapped[UUID]
    programme: Mapped[str]
    area: Mapped[str]
    office: Mapped[str]
    subject_kind: Mapped[SubjectKind] = mapped_column(enum_text(SubjectKind, "zakat_subject_kind"))
    subject_id: Mapped[UUID]
    fund_id: Mapped[str]
    state: Mapped[CaseState] = mapped_column(enum_text(CaseState, "zakat_state"), default=CaseState.OPEN)

    income: Mapped[int | None] = mapped_column(BigInteger)
    households: Mapped[int | None]
    members: Mapped[int | None]
    line: Mapped[int | None] = mapped_column(BigInteger)
    line_source: Mapped[str | None] = mapped_column(EncryptedText)
    asnaf: Mapped[Asnaf | None] = mapped_column(enum_text(Asnaf))
    group_members: Mapped[int | None]
    form: Mapped[Form | None] = mapped_column(enum_text(Form, "zakat_form"))
    amount: Mapped[int | None] = mapped_column(BigInteger)
    instalments: Mapped[int | None]
    first_due: Mapped[date | None]
    assessed_by: Mapped[UUID | None]

    reason: Mapped[str | None] = mapped_column(EncryptedText)
    document: Mapped[str | None]
    handed_over_on: Mapped[date | None]
    decided_by: Mapped[UUID | None]
    decided_on: Mapped[date | None]
    opened_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())
