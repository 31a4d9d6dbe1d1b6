"""The second person of a verification that departs from the registries.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "eligibility_override",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("conditions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_name", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_office", sa.String(), nullable=True),
        sa.Column("decided_name", sa.LargeBinary(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("decided_by <> asked_by", name=op.f("ck_eligibility_override_decided_by_a_second_person")),
        sa.CheckConstraint(
            "num_nonnulls(decided_by, decided_office, decided_name, decided_at, agreed, reason) IN (0, 6)",
            name=op.f("ck_eligibility_override_decided_as_a_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_eligibility_override_referral_id_referral")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eligibility_override")),
    )
    op.create_index("ix_eligibility_override_referral_id", "eligibility_override", ["referral_id"], unique=False)
    op.create_index(
        "uq_eligibility_override_waiting",
        "eligibility_override",
        ["referral_id"],
        unique=True,
        postgresql_where=sa.text("agreed IS NULL"),
    )
    op.add_column("verification", sa.Column("override_id", sa.Uuid(), nullable=True))
    op.add_column(
        "verification", sa.Column("by_one_person", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.create_foreign_key(
        op.f("fk_verification_override_id_eligibility_override"),
        "verification",
        "eligibility_override",
        ["override_id"],
        ["id"],
    )
    # What was decided so far departed from the registries on one officer's word: it stays, and the audit knows it.
    op.execute(
        """
        UPDATE verification SET by_one_person = true
         WHERE "check" = 'registry' AND outcome = 'eligible' AND jsonb_array_length(failed) > 0
        """
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_verification_override_id_eligibility_override"), "verification", type_="foreignkey")
    op.drop_column("verification", "by_one_person")
    op.drop_column("verification", "override_id")
    op.drop_index("uq_eligibility_override_waiting", table_name="eligibility_override")
    op.drop_index("ix_eligibility_override_referral_id", table_name="eligibility_override")
    op.drop_table("eligibility_override")
