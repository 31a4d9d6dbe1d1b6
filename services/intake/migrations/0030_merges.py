"""What a merge of two records lets go on, and which records are one person.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person_record",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_person_record")),
    )
    op.create_index("ix_person_record_person_id", "person_record", ["person_id"], unique=False)
    op.add_column("person", sa.Column("merge_revision", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "person_merge",
        sa.Column("journeys", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
    )
    op.add_column(
        "person_merge",
        sa.Column("places", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
    )
    op.add_column(
        "person_merge",
        sa.Column("filled", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
    )


def downgrade() -> None:
    op.drop_column("person_merge", "filled")
    op.drop_column("person_merge", "places")
    op.drop_column("person_merge", "journeys")
    op.drop_column("person", "merge_revision")
    op.drop_index("ix_person_record_person_id", table_name="person_record")
    op.drop_table("person_record")
