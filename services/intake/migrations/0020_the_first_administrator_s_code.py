"""The first administrator's code.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op


revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "welcome_code",
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("number = 1", name=op.f("ck_welcome_code_one_at_the_most")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_welcome_code")),
    )


def downgrade() -> None:
    op.drop_table("welcome_code")
