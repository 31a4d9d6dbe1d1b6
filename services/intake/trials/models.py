"""What is remembered of a dry run: the file, how far it has come, and counts; never who was counted."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.trials.rules import UNDER_WAY, TrialState
from shared.bus import InPieces
from shared.storage import Base
from shared.storage.columns import Id, Timestamp, enum_text


class ProgrammeTrial(InPieces, Base):
    """One dry run of an office; `last_person_id` is where a run that was interrupted goes on."""

    __tablename__ = "programme_trial"
    __table_args__ = (
        # one at a time for each office: a run reads the whole registry
        Index(
            "uq_programme_trial_under_way",
            "office",
            unique=True,
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
        Index("ix_programme_trial_office", "office", "id"),
        Index("ix_programme_trial_unfinished", "moved_at", postgresql_where=text("state IN ('waiting', 'running')")),
        CheckConstraint("persons_done <= persons", name="not_beyond_its_end"),
    )

    id: Mapped[Id]
    agency: Mapped[str]
    office: Mapped[str]
    officer_id: Mapped[UUID]
    programme: Mapped[str]
    version: Mapped[int]
    file_name: Mapped[str | None]
    text: Mapped[str]
    areas: Mapped[list[str]] = mapped_column(JSONB)
    on_day: Mapped[date]
    state: Mapped[TrialState] = mapped_column(enum_text(TrialState), default=TrialState.WAITING)
    persons: Mapped[int]
    persons_done: Mapped[int] = mapped_column(default=0)
    last_person_id: Mapped[UUID | None]
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    error: Mapped[str | None]
    created_at: Mapped[Timestamp]
    moved_at: Mapped[Timestamp]
    finished_at: Mapped[Timestamp | None]

    @property
    def is_under_way(self) -> bool:
        """Whether there is anything left to do."""
        return self.state in UNDER_WAY
