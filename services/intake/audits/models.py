"""What is remembered of an audit."""

from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.storage import Base
from shared.storage.columns import Id, Timestamp


class AuditRun(Base):
    """One audit of all four services: when, by whom, where, and what it found; the findings name nobody."""

    __tablename__ = "audit_run"
    __table_args__ = (
        # the machine room asks for the latest
        Index("ix_audit_run_ended_at", "ended_at"),
        CheckConstraint("found >= 0", name="counted"),
    )

    id: Mapped[Id]
    began_at: Mapped[Timestamp]
    ended_at: Mapped[Timestamp]
    by: Mapped[str]
    place: Mapped[str]
    found: Mapped[int]
    counts: Mapped[dict[str, int]] = mapped_column(JSONB)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)

    @property
    def is_clean(self) -> bool:
        """Whether it found nothing."""
        return not self.found
