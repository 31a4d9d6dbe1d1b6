"""Mentors who have come by.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op


revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mentor_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentor_account")),
    )
    op.create_index(op.f("ix_mentor_account_office"), "mentor_account", ["office"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_mentor_account_office"), table_name="mentor_account")
    op.drop_table("mentor_account")
