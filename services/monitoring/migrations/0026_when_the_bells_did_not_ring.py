"""When the bells did not ring.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op


revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "last_ring",
        sa.Column("one", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ahead", sa.Interval(), nullable=False),
        sa.CheckConstraint("one", name=op.f("ck_last_ring_only_one_row")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_last_ring")),
    )
    op.create_table(
        "outage",
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("put_ahead", sa.Interval(), nullable=False),
        sa.CheckConstraint("began_at < ended_at", name=op.f("ck_outage_times_in_order")),
        sa.PrimaryKeyConstraint("began_at", name=op.f("pk_outage")),
    )


def downgrade() -> None:
    op.drop_table("outage")
    op.drop_table("last_ring")
