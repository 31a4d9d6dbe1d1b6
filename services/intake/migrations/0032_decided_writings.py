"""How each writing of a person was decided.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op


revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("duplicate_review", sa.Column("name_index", sa.LargeBinary(), nullable=True))
    op.add_column("duplicate_review", sa.Column("birth_date", sa.Date(), nullable=True))
    op.add_column("duplicate_review", sa.Column("same", sa.Boolean(), nullable=True))
    op.create_index(
        "ix_duplicate_review_writing",
        "duplicate_review",
        ["person_id", "name_index"],
        unique=False,
        postgresql_where=sa.text("state = 'settled'"),
    )
    op.create_index(
        "uq_duplicate_review_writing",
        "duplicate_review",
        ["person_id", "name_index", "birth_date"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("state = 'open' AND name_index IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_duplicate_review_writing",
        table_name="duplicate_review",
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("state = 'open' AND name_index IS NOT NULL"),
    )
    op.drop_index(
        "ix_duplicate_review_writing", table_name="duplicate_review", postgresql_where=sa.text("state = 'settled'")
    )
    op.drop_column("duplicate_review", "same")
    op.drop_column("duplicate_review", "birth_date")
    op.drop_column("duplicate_review", "name_index")
