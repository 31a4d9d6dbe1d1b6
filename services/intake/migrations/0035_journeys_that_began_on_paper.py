"""Journeys that began on paper.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op


revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "brought_in",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("paper", sa.String(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_as", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["journey_id"], ["journey.id"], name=op.f("fk_brought_in_journey_id")),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_brought_in")),
    )
    op.create_index("ix_brought_in_journey_id", "brought_in", ["journey_id"], unique=False)
    op.add_column("referral", sa.Column("on_paper", sa.Date(), nullable=True))
    op.add_column("referral", sa.Column("paper", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("referral", "paper")
    op.drop_column("referral", "on_paper")
    op.drop_index("ix_brought_in_journey_id", table_name="brought_in")
    op.drop_table("brought_in")
