"""Failures of protection, whom each concerns, and how and when everybody was told."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.breaches.rules import Cause, Scope, Way
from shared.privacy.fields import EncryptedText
from shared.storage import Base
from shared.storage.columns import Id, Timestamp, enum_text


class Breach(Base):
    """One failure of protection. The persons concerned are found once, when it is recorded, and kept."""

    __tablename__ = "breach"
    __table_args__ = (
        Index("ix_breach_office", "office", "id"),
        CheckConstraint("happened_from <= happened_until AND happened_until <= found_at", name="times_in_order"),
        CheckConstraint("happened_from <= found_at AND found_at <= due_at", name="found_after_it_happened"),
        CheckConstraint("(scope = 'persons') = (scope_value IS NULL)", name="scope_names_it"),
        CheckConstraint(
            "num_nulls(authority_told_at, authority_told_by, authority_note) IN (0, 3)",
            name="authority_told_by_somebody",
        ),
        CheckConstraint("found_at <= authority_told_at", name="told_after_it_was_found"),
    )

    id: Mapped[Id]
    office: Mapped[str]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[Timestamp]
    data: Mapped[list[str]] = mapped_column(JSONB)
    cause: Mapped[Cause] = mapped_column(enum_text(Cause, "breach_cause"))
    what: Mapped[str] = mapped_column(EncryptedText)  # what happened, in Indonesian
    what_en: Mapped[str | None] = mapped_column(EncryptedText)
    happened_from: Mapped[Timestamp | None]
    happened_until: Mapped[Timestamp | None]
    found_at: Mapped[Timestamp]
    due_at: Mapped[Timestamp]
    measures: Mapped[list[str]] = mapped_column(JSONB)
    done: Mapped[str] = mapped_column(EncryptedText)  # what is done about it, in Indonesian
    done_en: Mapped[str | None] = mapped_column(EncryptedText)
    scope: Mapped[Scope] = mapped_column(enum_text(Scope, "breach_scope"))
    scope_value: Mapped[str | None]
    authority_told_at: Mapped[Timestamp | None]
    authority_told_by: Mapped[UUID | None]
    authority_note: Mapped[str | None] = mapped_column(EncryptedText)  # the letter's number and where it went


class BreachPerson(Base):
    """Somebody whom a failure concerns, and how and when she was told."""

    __tablename__ = "breach_person"
    __table_args__ = (
        # who is still to be told in an area
        Index("ix_breach_person_open", "breach_id", "area", postgresql_where=text("told_at IS NULL")),
        Index("ix_breach_person_person_id", "person_id"),
        CheckConstraint("num_nulls(told_at, told_by, way) IN (0, 3)", name="told_by_somebody"),
    )

    breach_id: Mapped[UUID] = mapped_column(ForeignKey("breach.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    area: Mapped[str]
    told_at: Mapped[Timestamp | None]
    told_by: Mapped[UUID | None]
    way: Mapped[Way | None] = mapped_column(enum_text(Way, "breach_way"))
