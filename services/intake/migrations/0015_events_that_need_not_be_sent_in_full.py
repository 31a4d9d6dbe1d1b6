"""Events that need not be sent in full.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subscriber_wish",
        sa.Column("subscriber", sa.String(), nullable=False),
        sa.Column("declined", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("elsewhere", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("subscriber", name=op.f("pk_subscriber_wish")),
    )
    op.add_column("event_log", sa.Column("concerns", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("event_log", "concerns")
    op.drop_table("subscriber_wish")
