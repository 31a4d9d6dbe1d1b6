"""Explanations that are late.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op


revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("coordinator_ask", sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_coordinator_ask_only_what_has_a_clock_is_late"),
        "coordinator_ask",
        "escalated_at IS NULL OR due_at IS NOT NULL",
    )
    op.create_index(
        "ix_coordinator_ask_late",
        "coordinator_ask",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL AND answered_at IS NULL AND escalated_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_coordinator_ask_late",
        table_name="coordinator_ask",
        postgresql_where=sa.text("due_at IS NOT NULL AND answered_at IS NULL AND escalated_at IS NULL"),
    )
    op.drop_column("coordinator_ask", "escalated_at")
