"""What intake remembers of consents: every answer stays on record, and the last one of each matter counts."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.consents.rules import How, Said
from shared.storage import Base
from shared.storage.columns import Id, Timestamp, enum_text


class Consent(Base):
    """What a person answered about one agency in one programme, how, on which day, and who wrote it down."""

    __tablename__ = "consent"
    __table_args__ = (
        # The answer that counts; between two officers at once the index decides.
        Index(
            "uq_consent_current",
            *("person_id", "programme", "recipient"),
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    programme: Mapped[str]
    recipient: Mapped[str]
    said: Mapped[Said] = mapped_column(enum_text(Said, "consent_said"))
    how: Mapped[How] = mapped_column(enum_text(How, "consent_how"))
    answered_on: Mapped[date]
    officer_id: Mapped[UUID]
    office: Mapped[str]
    recorded_at: Mapped[Timestamp]
    replaced_at: Mapped[Timestamp | None]
