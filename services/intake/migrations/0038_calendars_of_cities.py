"""Calendars that cities add, and why dates were counted anew.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_decree",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("decreed_on", sa.Date(), nullable=False),
        sa.Column("days", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_decree")),
    )
    op.add_column("referral", sa.Column("rescheduled", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.create_table(
        "noted_decree",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("decreed_on", sa.Date(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("days", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=True),
        sa.Column("noted_name", sa.String(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_by", sa.Uuid(), nullable=True),
        sa.Column("removed_name", sa.String(), nullable=True),
        sa.Column("removed_because", sa.String(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted_to", sa.Uuid(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(removed_at, removed_because) IN (0, 2)",
            name=op.f("ck_noted_decree_removed_for_a_reason"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_noted_decree")),
    )
    op.create_index(
        "uq_noted_decree_number",
        "noted_decree",
        ["region", "number"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_index(
        "ix_noted_decree_uncounted",
        "noted_decree",
        ["changed_at"],
        unique=False,
        postgresql_where=sa.text("counted_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("noted_decree")
    op.drop_column("referral", "rescheduled")
    op.drop_table("calendar_decree")
