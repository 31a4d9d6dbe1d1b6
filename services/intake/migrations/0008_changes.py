"""What befalls people and groups on the way: two records of one person, a death, a group that ends."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("merged_into", sa.Uuid(), nullable=True))
    op.add_column("person", sa.Column("died_on", sa.Date(), nullable=True))
    op.create_foreign_key(op.f("fk_person_merged_into"), "person", "person", ["merged_into"], ["id"])
    op.create_check_constraint(op.f("ck_person_merged_into_another"), "person", "merged_into <> id")
    op.create_index(
        "ix_person_merged_into", "person", ["merged_into"], postgresql_where=sa.text("merged_into IS NOT NULL")
    )
    op.add_column("duplicate_review", sa.Column("entered_id", sa.Uuid(), nullable=True))
    op.add_column("duplicate_review", sa.Column("evidence", sa.LargeBinary(), nullable=True))
    op.add_column("duplicate_review", sa.Column("decided_by", sa.Uuid(), nullable=True))
    op.add_column("duplicate_review", sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f("fk_duplicate_review_entered_id"), "duplicate_review", "person", ["entered_id"], ["id"])
    op.add_column("business_group", sa.Column("dissolved_on", sa.Date(), nullable=True))
    op.add_column("business_group", sa.Column("dissolved_by", sa.String(), nullable=True))
    op.add_column("business_group", sa.Column("merged_into", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_business_group_merged_into"), "business_group", "business_group", ["merged_into"], ["id"]
    )
    op.create_table(
        "death",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("died_on", sa.Date(), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_death_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_death")),
    )
    op.create_table(
        "person_merge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("merged_id", sa.Uuid(), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.Column("merged_by", sa.Uuid(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_because", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("kept_id <> merged_id", name=op.f("ck_person_merge_two_records")),
        sa.CheckConstraint(
            "num_nulls(undone_at, undone_by, undone_because) IN (0, 3)",
            name=op.f("ck_person_merge_undone_with_reason"),
        ),
        sa.ForeignKeyConstraint(["kept_id"], ["person.id"], name=op.f("fk_person_merge_kept_id")),
        sa.ForeignKeyConstraint(["merged_id"], ["person.id"], name=op.f("fk_person_merge_merged_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_merge")),
    )
    op.create_index("ix_person_merge_kept_id", "person_merge", ["kept_id"])
    op.create_index(
        "uq_person_merge_merged_id",
        "person_merge",
        ["merged_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("person_merge")
    op.drop_table("death")
    for name in ("merged_into", "dissolved_by", "dissolved_on"):
        op.drop_column("business_group", name)
    for name in ("decided_at", "decided_by", "evidence", "entered_id"):
        op.drop_column("duplicate_review", name)
    op.drop_index("ix_person_merged_into", "person")
    op.drop_constraint(op.f("ck_person_merged_into_another"), "person", type_="check")
    for name in ("died_on", "merged_into"):
        op.drop_column("person", name)
