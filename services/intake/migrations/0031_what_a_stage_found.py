"""What a stage found, beside its facts.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("referral", sa.Column("findings", sa.LargeBinary(), nullable=True))
    op.create_table(
        "stage_report",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("findings", sa.LargeBinary(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["journey_id"], ["journey.id"], name=op.f("fk_stage_report_journey_id_journey")),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_stage_report")),
    )
    op.create_index("ix_stage_report_journey_id", "stage_report", ["journey_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_stage_report_journey_id", table_name="stage_report")
    op.drop_table("stage_report")
    op.drop_column("referral", "findings")
