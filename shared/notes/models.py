"""The notes of a service. A note is never changed: it can be struck out, and its words can be forgotten."""

from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from shared.notes.rules import About
from shared.privacy.fields import EncryptedText
from shared.storage import Base
from shared.storage.columns import Id, Timestamp, enum_text


class Note(Base):
    """What an officer wrote about one thing; `signed` is her name, with the capacity in which she acted."""

    __tablename__ = "note"
    __table_args__ = (
        CheckConstraint("(words IS NULL) = (forgotten_at IS NOT NULL)", name="forgotten_at_a_moment"),
        CheckConstraint("num_nonnulls(struck_at, struck_by, struck_as) IN (0, 3)", name="struck_out_by_somebody"),
        CheckConstraint(
            "(struck_because IS NOT NULL) = (struck_at IS NOT NULL AND forgotten_at IS NULL)",
            name="struck_out_for_a_reason",
        ),
        # The notes of one thing, the latest first.
        Index("ix_note_about", "about_id", "written_at", "id"),
        {
            "info": {
                "append_only": (
                    *("words", "signed", "forgotten_at", "struck_at", "struck_by", "struck_as", "struck_because"),
                )
            }
        },
    )

    id: Mapped[Id]
    about: Mapped[About] = mapped_column(enum_text(About, "note_about"))
    about_id: Mapped[UUID]
    words: Mapped[str | None] = mapped_column(EncryptedText)
    author_id: Mapped[UUID]
    signed: Mapped[str] = mapped_column(EncryptedText)
    office: Mapped[str]
    agency: Mapped[str]
    written_at: Mapped[Timestamp]
    struck_at: Mapped[Timestamp | None]
    struck_by: Mapped[UUID | None]
    struck_as: Mapped[str | None] = mapped_column(EncryptedText)
    struck_because: Mapped[str | None] = mapped_column(EncryptedText)
    forgotten_at: Mapped[Timestamp | None]
