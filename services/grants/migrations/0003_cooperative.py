"""Cooperatives, their members and the ledger of their savings."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cooperative",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("legal_number", sa.String(), nullable=True),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("founders_needed", sa.Integer(), nullable=True),
        sa.Column("formed_on", sa.Date(), nullable=True),
        sa.Column("registered_by", sa.Uuid(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "formed_on IS NOT NULL OR founders_needed > 0", name=op.f("ck_cooperative_formed_or_gathering")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cooperative")),
    )
    op.create_index("ix_cooperative_office", "cooperative", ["office", "id"], unique=False)
    op.create_table(
        "cooperative_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column(
            "subject_kind",
            sa.Enum(
                "person", "group", name="cooperative_subject_kind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "recorded",
                "joined",
                "formed",
                "not-joined",
                "withdrawn",
                name="cooperative_membership",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("cooperative_id", sa.Uuid(), nullable=True),
        sa.Column("persons", sa.Integer(), nullable=True),
        sa.Column("founder", sa.Boolean(), nullable=True),
        sa.Column("pokok", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("wajib", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sukarela", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("receipt", sa.String(), nullable=True),
        sa.Column("fund_id", sa.String(), nullable=True),
        sa.Column("loan_amount", sa.BigInteger(), nullable=True),
        sa.Column("instalments", sa.Integer(), nullable=True),
        sa.Column("first_due", sa.Date(), nullable=True),
        sa.Column(
            "loan_verdict",
            sa.Enum(
                "approved",
                "refused",
                name="cooperative_loan_verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state <> 'not-joined' OR reason IS NOT NULL", name=op.f("ck_cooperative_member_not_joined_for_a_reason")
        ),
        sa.CheckConstraint(
            "state NOT IN ('recorded', 'joined', 'formed') OR num_nonnulls(cooperative_id, persons, founder, recorded_by) = 4",
            name=op.f("ck_cooperative_member_of_a_cooperative"),
        ),
        sa.CheckConstraint(
            "(loan_verdict IS NULL) = (decided_by IS NULL)", name=op.f("ck_cooperative_member_decided_by_somebody")
        ),
        sa.CheckConstraint(
            "loan_verdict IS NULL OR decided_by <> recorded_by",
            name=op.f("ck_cooperative_member_who_records_does_not_decide"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(loan_amount, instalments, first_due) IN (0, 3)",
            name=op.f("ck_cooperative_member_a_loan_has_its_schedule"),
        ),
        sa.CheckConstraint(
            "persons > 0 AND pokok >= 0 AND wajib >= 0 AND sukarela >= 0", name=op.f("ck_cooperative_member_plausible")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperative.id"], name=op.f("fk_cooperative_member_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cooperative_member")),
        sa.UniqueConstraint("referral_id", name=op.f("uq_cooperative_member_referral_id")),
    )
    op.create_index("ix_cooperative_member_cooperative", "cooperative_member", ["cooperative_id", "id"], unique=False)
    op.create_index(
        "uq_cooperative_member_subject",
        "cooperative_member",
        ["cooperative_id", "subject_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('joined', 'formed')"),
    )
    op.create_table(
        "cooperative_saving",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cooperative_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "pokok",
                "wajib",
                "sukarela",
                name="cooperative_saving_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("saved_on", sa.Date(), nullable=False),
        sa.Column("receipt", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "amount > 0 OR (amount < 0 AND kind = 'sukarela')",
            name=op.f("ck_cooperative_saving_only_sukarela_is_taken_back"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperative.id"], name=op.f("fk_cooperative_saving_cooperative_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["cooperative_member.id"], name=op.f("fk_cooperative_saving_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cooperative_saving")),
    )
    op.create_index("ix_cooperative_saving_cooperative", "cooperative_saving", ["cooperative_id", "id"], unique=False)
    op.create_index("ix_cooperative_saving_member", "cooperative_saving", ["member_id", "kind"], unique=False)
    op.create_index(
        "uq_cooperative_saving_pokok",
        "cooperative_saving",
        ["member_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'pokok'"),
    )


def downgrade() -> None:
    op.drop_index("ix_cooperative_saving_cooperative", table_name="cooperative_saving")
    op.drop_index("ix_cooperative_saving_member", table_name="cooperative_saving")
    op.drop_index(
        "uq_cooperative_saving_pokok", table_name="cooperative_saving", postgresql_where=sa.text("kind = 'pokok'")
    )
    op.drop_table("cooperative_saving")
    op.drop_index("ix_cooperative_member_cooperative", table_name="cooperative_member")
    op.drop_index(
        "uq_cooperative_member_subject",
        table_name="cooperative_member",
        postgresql_where=sa.text("state IN ('joined', 'formed')"),
    )
    op.drop_table("cooperative_member")
    op.drop_index("ix_cooperative_office", table_name="cooperative")
    op.drop_table("cooperative")
