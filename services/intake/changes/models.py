"""Which records were found to be one person, on which evidence, and who died: kept also where it was undone."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.privacy.fields import EncryptedText
from shared.storage import Base
from shared.storage.columns import Id, Timestamp


class PersonMerge(Base):
    """Two records are one person. What it let go on under the kept record, and what it filled there, can be undone."""

    __tablename__ = "person_merge"
    __table_args__ = (
        # A record is part of one merge at a time.
        Index("uq_person_merge_merged_id", "merged_id", unique=True, postgresql_where=text("undone_at IS NULL")),
        Index("ix_person_merge_kept_id", "kept_id"),
        CheckConstraint("kept_id <> merged_id", name="two_records"),
        CheckConstraint("num_nulls(undone_at, undone_by, undone_because) IN (0, 3)", name="undone_with_reason"),
    )

    id: Mapped[Id]
    kept_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    merged_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    evidence: Mapped[str] = mapped_column(EncryptedText)
    merged_by: Mapped[UUID]
    merged_at: Mapped[Timestamp]
    journeys: Mapped[list[str]] = mapped_column(JSONB, server_default="[]")  # those that were open
    places: Mapped[list[str]] = mapped_column(JSONB, server_default="[]")  # memberships of a group
    filled: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")  # see registry.filling
    undone_by: Mapped[UUID | None]
    undone_at: Mapped[Timestamp | None]
    undone_because: Mapped[str | None] = mapped_column(EncryptedText)


class Death(Base):
    """Somebody died; the evidence is the certificate's number, or whoever said so.

    One that was noted by mistake stays on record, with what had followed from it and who undid it.
    """

    __tablename__ = "death"
    __table_args__ = (
        # Nobody dies twice; a death that was undone is none.
        Index("uq_death_person_id", "person_id", unique=True, postgresql_where=text("undone_at IS NULL")),
        CheckConstraint("num_nulls(undone_at, undone_by, undone_because) IN (0, 3)", name="undone_with_reason"),
        CheckConstraint("undone_by <> noted_by", name="who_notes_does_not_undo"),
    )

    id: Mapped[Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    died_on: Mapped[date]
    evidence: Mapped[str] = mapped_column(EncryptedText)
    noted_by: Mapped[UUID]
    noted_at: Mapped[Timestamp]
    journeys: Mapped[list[str]] = mapped_column(JSONB)  # those that it ended
    group_id: Mapped[UUID | None]  # the group that it left short of a member
    undone_by: Mapped[UUID | None]
    undone_at: Mapped[Timestamp | None]
    undone_because: Mapped[str | None] = mapped_column(EncryptedText)
