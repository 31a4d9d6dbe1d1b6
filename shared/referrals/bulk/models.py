"""Runs in bulk, and what became of each referral of a run."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, func, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.privacy.fields import EncryptedJSON
from shared.referrals.together import Act
from shared.storage import Base
from shared.storage.columns import Id, Timestamp, enum_text


class BulkState(StrEnum):
    """Where a run stands."""

    LOOKING = "looking"  # what would happen is tried and taken back
    LOOKED = "looked"  # what would happen is known; it waits for the officer's second press
    RUNNING = "running"  # it is being done
    DONE = "done"
    STOPPED = "stopped"  # by an officer, or because she has left or her day is over; what was done stays done
    FAILED = "failed"  # tried again and again without getting on


UNDER_WAY = frozenset({BulkState.LOOKING, BulkState.RUNNING})


class ItemState(StrEnum):
    """What became of one referral of a run."""

    WAITING = "waiting"
    ABLE = "able"  # it was tried, and would be done
    DONE = "done"
    REFUSED = "refused"


class BulkRun(Base):
    """One act for many referrals: who asked for it, what is told, and how far it has come.

    `given` holds what is told and by whom, as she was signed in.
    """

    __tablename__ = "bulk_run"
    __table_args__ = (
        Index("ix_bulk_run_office", "office", "id"),
        # Few are under way at a time, and every bell looks for them.
        Index("ix_bulk_run_under_way", "moved_at", postgresql_where=text("state IN ('looking', 'running')")),
    )

    id: Mapped[Id]
    act: Mapped[Act] = mapped_column(enum_text(Act, "bulk_act"))
    agency: Mapped[str]
    office: Mapped[str]
    asked_by: Mapped[UUID]
    given: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    state: Mapped[BulkState] = mapped_column(enum_text(BulkState))
    tries: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    created_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())
    confirmed_at: Mapped[Timestamp | None]
    moved_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())
    finished_at: Mapped[Timestamp | None]

    @property
    def is_under_way(self) -> bool:
        """Whether a worker has something to do for it."""
        return self.state in UNDER_WAY


class BulkItem(Base):
    """One referral of a run; `error` says in both languages why it was not done."""

    __tablename__ = "bulk_item"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("bulk_run.id", ondelete="CASCADE"), primary_key=True)
    referral_id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[ItemState] = mapped_column(enum_text(ItemState, "bulk_item_state"))
    outcome: Mapped[str | None]
    error: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON)
