"""Who has a share of which aid, claimed before it is approved."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "aid_case",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("budget_year", sa.Integer(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("compatibility", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_aid_case_referral_id")),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_aid_case")),
    )
    op.create_index(op.f("ix_aid_case_journey_id"), "aid_case", ["journey_id"], unique=False)
    op.create_table(
        "aid_acknowledgement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("met", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["aid_case.referral_id"], name=op.f("fk_aid_acknowledgement_referral_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_acknowledgement")),
    )
    op.create_index(op.f("ix_aid_acknowledgement_referral_id"), "aid_acknowledgement", ["referral_id"], unique=False)
    op.create_table(
        "aid_beneficiary",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("aid", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("household_aid", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["aid_case.referral_id"], name=op.f("fk_aid_beneficiary_referral_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("referral_id", "person_id", name=op.f("pk_aid_beneficiary")),
    )
    op.create_index("ix_aid_beneficiary_person", "aid_beneficiary", ["person_id"], unique=False)
    op.create_table(
        "aid_claim",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("budget_year", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "reserved",
                "committed",
                "realised",
                "released",
                name="claim_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_aid_claim_not_negative")),
        sa.ForeignKeyConstraint(["referral_id"], ["aid_case.referral_id"], name=op.f("fk_aid_claim_referral_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_claim")),
        sa.UniqueConstraint("journey_id", "kind", "person_id", name=op.f("uq_aid_claim_journey_id_kind_person_id")),
    )
    op.create_index(
        "ix_aid_claim_household",
        "aid_claim",
        ["household_id", "budget_year"],
        unique=False,
        postgresql_where=sa.text("state IN ('committed', 'realised', 'reserved')"),
    )
    op.create_index(
        "ix_aid_claim_person",
        "aid_claim",
        ["person_id", "budget_year"],
        unique=False,
        postgresql_where=sa.text("state IN ('committed', 'realised', 'reserved')"),
    )
    op.create_index(op.f("ix_aid_claim_referral_id"), "aid_claim", ["referral_id"], unique=False)


def downgrade() -> None:
    op.drop_index(
        "ix_aid_claim_household",
        table_name="aid_claim",
        postgresql_where=sa.text("state IN ('committed', 'realised', 'reserved')"),
    )
    op.drop_index(
        "ix_aid_claim_person",
        table_name="aid_claim",
        postgresql_where=sa.text("state IN ('committed', 'realised', 'reserved')"),
    )
    op.drop_index(op.f("ix_aid_claim_referral_id"), table_name="aid_claim")
    op.drop_table("aid_claim")
    op.drop_index("ix_aid_beneficiary_person", table_name="aid_beneficiary")
    op.drop_table("aid_beneficiary")
    op.drop_index(op.f("ix_aid_acknowledgement_referral_id"), table_name="aid_acknowledgement")
    op.drop_table("aid_acknowledgement")
    op.drop_index(op.f("ix_aid_case_journey_id"), table_name="aid_case")
    op.drop_table("aid_case")
