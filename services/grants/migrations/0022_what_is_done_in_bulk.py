"""What is done in bulk.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op


revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bulk_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "act",
            sa.Enum(
                "accept",
                "report",
                "save",
                "hand-over",
                name="bulk_act",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("given", sa.LargeBinary(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "looking",
                "looked",
                "running",
                "done",
                "stopped",
                "failed",
                name="bulkstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("tries", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_run")),
    )
    op.create_index("ix_bulk_run_office", "bulk_run", ["office", "id"], unique=False)
    op.create_index(
        "ix_bulk_run_under_way",
        "bulk_run",
        ["moved_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('looking', 'running')"),
    )
    op.create_table(
        "bulk_item",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "able",
                "done",
                "refused",
                name="bulk_item_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("error", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["bulk_run.id"], name=op.f("fk_bulk_item_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "referral_id", name=op.f("pk_bulk_item")),
    )


def downgrade() -> None:
    op.drop_table("bulk_item")
    op.drop_index(
        "ix_bulk_run_under_way", table_name="bulk_run", postgresql_where=sa.text("state IN ('looking', 'running')")
    )
    op.drop_index("ix_bulk_run_office", table_name="bulk_run")
    op.drop_table("bulk_run")
