"""What a stage found, beside its facts.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op


revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("referral", sa.Column("findings", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("referral", "findings")
