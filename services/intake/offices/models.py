"""What intake remembers of changes to offices; the offices themselves stand in the deployment's files."""

from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.offices.rules import Change
from shared.storage import Base
from shared.storage.columns import Id, Timestamp, enum_text


class OfficeChange(Base):
    """One change to an office: what was done, what it says since then, and by whom; never changed itself."""

    __tablename__ = "office_change"
    __table_args__ = (Index("ix_office_change_office", "office", "changed_at"),)

    id: Mapped[Id]
    office: Mapped[str]
    what: Mapped[Change] = mapped_column(enum_text(Change, "office_change"))
    said: Mapped[dict[str, Any]] = mapped_column(JSONB)
    by_id: Mapped[UUID | None]
    by_name: Mapped[str]
    changed_at: Mapped[Timestamp]
