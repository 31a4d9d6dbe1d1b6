"""Who recruited whom."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recruit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("recruiter_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("named_by", sa.Uuid(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("new_group_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "new_group_id IS NULL OR concluded_at IS NOT NULL", name=op.f("ck_recruit_grouped_when_concluded")
        ),
        sa.CheckConstraint("recruiter_id <> person_id", name=op.f("ck_recruit_brings_another")),
        sa.ForeignKeyConstraint(["group_id"], ["business_group.id"], name=op.f("fk_recruit_group_id")),
        sa.ForeignKeyConstraint(["new_group_id"], ["business_group.id"], name=op.f("fk_recruit_new_group_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recruit_person_id")),
        sa.ForeignKeyConstraint(["recruiter_id"], ["person.id"], name=op.f("fk_recruit_recruiter_id")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_recruit_referral_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recruit")),
    )
    op.create_index("ix_recruit_recruiter", "recruit", ["programme", "recruiter_id"], unique=False)
    op.create_index("ix_recruit_referral_id", "recruit", ["referral_id"], unique=False)
    op.create_index(
        "ix_recruit_waiting",
        "recruit",
        ["programme", "id"],
        unique=False,
        postgresql_where=sa.text("concluded_at IS NOT NULL AND new_group_id IS NULL"),
    )
    op.create_index("uq_recruit_person", "recruit", ["programme", "person_id"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_recruit_recruiter", table_name="recruit")
    op.drop_index("ix_recruit_referral_id", table_name="recruit")
    op.drop_index(
        "ix_recruit_waiting",
        table_name="recruit",
        postgresql_where=sa.text("concluded_at IS NOT NULL AND new_group_id IS NULL"),
    )
    op.drop_index("uq_recruit_person", table_name="recruit")
    op.drop_table("recruit")
