"""Notes.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op


revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "about",
            sa.Enum(
                "referral", "journey", "person", name="note_about", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("signed", sa.LargeBinary(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("struck_by", sa.Uuid(), nullable=True),
        sa.Column("struck_as", sa.LargeBinary(), nullable=True),
        sa.Column("struck_because", sa.LargeBinary(), nullable=True),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(struck_because IS NOT NULL) = (struck_at IS NOT NULL AND forgotten_at IS NULL)",
            name=op.f("ck_note_struck_out_for_a_reason"),
        ),
        sa.CheckConstraint("(words IS NULL) = (forgotten_at IS NOT NULL)", name=op.f("ck_note_forgotten_at_a_moment")),
        sa.CheckConstraint(
            "num_nonnulls(struck_at, struck_by, struck_as) IN (0, 3)", name=op.f("ck_note_struck_out_by_somebody")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    op.create_index("ix_note_about", "note", ["about_id", "written_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_note_about", table_name="note")
    op.drop_table("note")
