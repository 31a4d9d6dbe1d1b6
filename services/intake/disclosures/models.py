"""Who asked to see what is held of her, how she showed who she is, and when and by whom she was answered."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.disclosures.rules import Given
from services.intake.rights.rules import Identified
from shared.privacy.fields import EncryptedText
from shared.storage import Base
from shared.storage.columns import Id, Timestamp, enum_text


class Disclosure(Base):
    """One request to see, and its answer. What she was shown is not kept: it is what the other tables held then."""

    __tablename__ = "disclosure"
    __table_args__ = (
        # one at a time: of two officers who note the same visit the index lets one
        Index("uq_disclosure_open", "person_id", unique=True, postgresql_where=text("answered_at IS NULL")),
        # what an agency still has to answer, the most urgent first
        Index("ix_disclosure_due", "agency", "due_at", postgresql_where=text("answered_at IS NULL")),
        Index("ix_disclosure_person_id", "person_id"),
        CheckConstraint("num_nulls(answered_at, answered_by, given) IN (0, 3)", name="answered_by_somebody"),
        CheckConstraint("asked_at <= due_at AND asked_at <= answered_at", name="times_in_order"),
    )

    id: Mapped[Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    area: Mapped[str]
    agency: Mapped[str]
    office: Mapped[str]
    asked_at: Mapped[Timestamp]
    due_at: Mapped[Timestamp]
    identified: Mapped[Identified] = mapped_column(enum_text(Identified, "disclosure_identified"))
    seen: Mapped[str] = mapped_column(EncryptedText)  # what the officer saw: the card's number, for instance
    taken_by: Mapped[UUID]
    answered_at: Mapped[Timestamp | None]
    answered_by: Mapped[UUID | None]
    given: Mapped[Given | None] = mapped_column(enum_text(Given, "disclosure_given"))
