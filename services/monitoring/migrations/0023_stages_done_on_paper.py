"""Stages done on paper.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op


revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("referral", sa.Column("on_paper", sa.Date(), nullable=True))
    op.add_column("referral", sa.Column("paper", sa.String(), nullable=True))
    op.add_column("stage_figure", sa.Column("on_paper", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("stage_figure", "on_paper")
    op.drop_column("referral", "paper")
    op.drop_column("referral", "on_paper")
