"""Needs assessments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assessment",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("interviewed_on", sa.Date(), nullable=True),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("notes", sa.LargeBinary(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "assessed",
                "nothing-needed",
                name="assessment_outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome IS NULL OR interviewed_on IS NOT NULL", name=op.f("ck_assessment_closed_means_interviewed")
        ),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_assessment_referral_id")),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_assessment")),
    )
    op.create_index("ix_assessment_subject_id", "assessment", ["subject_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_assessment_subject_id", table_name="assessment")
    op.drop_table("assessment")
