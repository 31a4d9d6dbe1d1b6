"""Tasks that an office gives back, and those that are over with their journey.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op


revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BEFORE = ("decided", "open", "accepted", "done")
NOW = (*BEFORE, "returned", "ended")


def _states(states: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_meeting_task_meeting_task_state"), "meeting_task", type_="check")
    named = ", ".join(f"'{each}'" for each in states)
    op.create_check_constraint(op.f("ck_meeting_task_meeting_task_state"), "meeting_task", f"state IN ({named})")


def upgrade() -> None:
    _states(NOW)
    op.add_column("meeting_task", sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("meeting_task", sa.Column("returned_by", sa.Uuid(), nullable=True))
    op.add_column("meeting_task", sa.Column("returned_because", sa.LargeBinary(), nullable=True))
    op.add_column("meeting_task", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_meeting_task_returned_for_a_reason"),
        "meeting_task",
        "num_nonnulls(returned_at, returned_by, returned_because) IN (0, 3)",
    )
    op.create_check_constraint(
        op.f("ck_meeting_task_returned_at_a_moment"), "meeting_task", "state <> 'returned' OR returned_at IS NOT NULL"
    )
    op.create_check_constraint(
        op.f("ck_meeting_task_ended_at_a_moment"), "meeting_task", "(state = 'ended') = (ended_at IS NOT NULL)"
    )
    op.create_index(
        "ix_meeting_task_journey_id",
        "meeting_task",
        ["journey_id"],
        unique=False,
        postgresql_where=sa.text("state NOT IN ('done', 'ended')"),
    )


def downgrade() -> None:
    op.drop_index("ix_meeting_task_journey_id", table_name="meeting_task")
    op.drop_constraint(op.f("ck_meeting_task_ended_at_a_moment"), "meeting_task", type_="check")
    op.drop_constraint(op.f("ck_meeting_task_returned_at_a_moment"), "meeting_task", type_="check")
    op.drop_constraint(op.f("ck_meeting_task_returned_for_a_reason"), "meeting_task", type_="check")
    for column in ("ended_at", "returned_because", "returned_by", "returned_at"):
        op.drop_column("meeting_task", column)
    _states(BEFORE)
