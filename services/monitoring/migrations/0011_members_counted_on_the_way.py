"""Members counted on the way.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op


revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("journey_figure", sa.Column("counted_as_of", sa.BigInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("journey_figure", "counted_as_of")
