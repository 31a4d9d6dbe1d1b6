"""What intake keeps of the calendars that cities add: who noted which decree, and how far the dates are counted."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.storage import Base
from shared.storage.columns import Id, Timestamp


class NotedDecree(Base):
    """A decree of a calendar file, by whom it was noted and removed; `counted_to` is the last journey counted anew."""

    __tablename__ = "noted_decree"
    __table_args__ = (
        CheckConstraint("num_nonnulls(removed_at, removed_because) IN (0, 2)", name="removed_for_a_reason"),
        # the same decree counts once in a region
        Index("uq_noted_decree_number", "region", "number", unique=True, postgresql_where=text("removed_at IS NULL")),
        # what the bell has still to count anew
        Index("ix_noted_decree_uncounted", "changed_at", postgresql_where=text("counted_at IS NULL")),
    )

    id: Mapped[Id]
    revision: Mapped[int]
    region: Mapped[str]
    number: Mapped[str]
    decreed_on: Mapped[date]
    issuer: Mapped[str]
    days: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    noted_by: Mapped[UUID | None]
    noted_name: Mapped[str]
    noted_at: Mapped[Timestamp]
    removed_by: Mapped[UUID | None]
    removed_name: Mapped[str | None]
    removed_because: Mapped[str | None]
    removed_at: Mapped[Timestamp | None]
    changed_at: Mapped[Timestamp]
    counted_to: Mapped[UUID | None]
    counted_at: Mapped[Timestamp | None]
    counted: Mapped[int] = mapped_column(server_default="0")
