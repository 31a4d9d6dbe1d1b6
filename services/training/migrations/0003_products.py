"""Products, their ladder and what was made."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "product",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "subject_kind",
            sa.Enum(
                "person", "group", name="product_subject_kind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "food",
                "catering",
                "craft",
                "clothing",
                "other",
                name="product_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("shelf_days", sa.Integer(), nullable=True),
        sa.Column("described_by", sa.Uuid(), nullable=False),
        sa.Column("described_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind <> 'food' OR shelf_days IS NOT NULL", name=op.f("ck_product_food_says_how_long_it_keeps")
        ),
        sa.CheckConstraint("shelf_days >= 0", name=op.f("ck_product_keeps_some_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("subject_kind", "subject_id", name=op.f("uq_product_subject_kind_subject_id")),
    )
    op.create_table(
        "product_evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("rung", sa.String(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.Column("seen_by", sa.Uuid(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "rung IN ('made-to-order', 'steady-production', 'brand', 'packaging-and-standard', 'licence', 'halal', 'trade-mark')",
            name=op.f("ck_product_evidence_shows_something_known"),
        ),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_product_evidence_product_id")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_product_evidence_referral_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_evidence")),
    )
    op.create_index("ix_product_evidence_latest", "product_evidence", ["product_id", "rung", "id"], unique=False)
    op.create_table(
        "product_stage",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column(
            "subject_kind",
            sa.Enum(
                "person",
                "group",
                name="product_stage_subject_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column(
            "target",
            sa.Enum(
                "made-to-order",
                "steady-production",
                "brand",
                "packaging-and-standard",
                "licence",
                name="product_target",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum("reached", "not-yet", name="product_outcome", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column(
            "rung",
            sa.Enum(
                "made-to-order",
                "steady-production",
                "brand",
                "packaging-and-standard",
                "licence",
                name="product_rung",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "licence",
            sa.Enum(
                "none", "p-irt", "slhs", name="product_licence", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column("missing", sa.LargeBinary(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(outcome = 'not-yet') = (missing IS NOT NULL)", name=op.f("ck_product_stage_not_yet_says_what_is_missing")
        ),
        sa.CheckConstraint("(outcome IS NULL) = (ended_on IS NULL)", name=op.f("ck_product_stage_an_end_has_its_day")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_product_stage_referral_id")),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_product_stage")),
    )
    op.create_index("ix_product_stage_office", "product_stage", ["office", "referral_id"], unique=False)
    op.create_table(
        "production",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("quality_kept", sa.Boolean(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_production_made_something")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_production_product_id")),
        sa.PrimaryKeyConstraint("product_id", "made_on", name=op.f("pk_production")),
    )


def downgrade() -> None:
    op.drop_table("production")
    op.drop_index("ix_product_stage_office", table_name="product_stage")
    op.drop_table("product_stage")
    op.drop_index("ix_product_evidence_latest", table_name="product_evidence")
    op.drop_table("product_evidence")
    op.drop_table("product")
