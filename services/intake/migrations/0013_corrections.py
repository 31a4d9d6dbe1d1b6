"""Corrections that a person asks for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

CHECKS = {
    "from_a_file_or_a_record": "num_nonnulls(run_id, record_id) = 1",
    "a_row_of_its_file": '(run_id IS NULL) = ("row" IS NULL)',
    "claims_anothers": "record_id <> person_id",
}


def upgrade() -> None:
    op.create_table(
        "correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column(
            "identified",
            sa.Enum(
                "id-card",
                "family-card",
                "other-document",
                "known",
                "proxy",
                name="correction_identified",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("seen", sa.LargeBinary(), nullable=False),
        sa.Column("wanted", sa.LargeBinary(), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "in-review",
                "done",
                "refused",
                name="correction_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("before", sa.LargeBinary(), nullable=True),
        sa.Column("told", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "evidence-missing",
                "evidence-disagrees",
                "dukcapil-first",
                "not-hers",
                "other",
                name="correction_reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("explanation", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(state = 'done') = (before IS NOT NULL)", name=op.f("ck_correction_done_keeps_what_was")),
        sa.CheckConstraint(
            "(state IN ('done', 'refused')) = (decided_at IS NOT NULL)", name=op.f("ck_correction_decided_at_a_moment")
        ),
        sa.CheckConstraint(
            "num_nonnulls(reason, explanation) = CASE WHEN state = 'refused' THEN 2 ELSE 0 END",
            name=op.f("ck_correction_a_no_has_its_grounds"),
        ),
        sa.CheckConstraint(
            "state <> 'in-review' OR review_id IS NOT NULL", name=op.f("ck_correction_in_review_names_it")
        ),
        sa.CheckConstraint("decided_by <> noted_by", name=op.f("ck_correction_who_notes_does_not_decide")),
        sa.CheckConstraint(
            "num_nulls(decided_at, decided_by) IN (0, 2)", name=op.f("ck_correction_decided_by_somebody")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_correction_person_id")),
        sa.ForeignKeyConstraint(["review_id"], ["duplicate_review.id"], name=op.f("fk_correction_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(
        "ix_correction_due",
        "correction",
        ["agency", "due_at"],
        unique=False,
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_index("ix_correction_person_id", "correction", ["person_id"], unique=False)
    op.add_column("duplicate_review", sa.Column("record_id", sa.Uuid(), nullable=True))
    op.alter_column("duplicate_review", "run_id", existing_type=sa.UUID(), nullable=True)
    op.alter_column("duplicate_review", "row", existing_type=sa.INTEGER(), nullable=True)
    op.create_foreign_key(op.f("fk_duplicate_review_record_id"), "duplicate_review", "person", ["record_id"], ["id"])
    for name, holds in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_duplicate_review_{name}"), "duplicate_review", holds)


def downgrade() -> None:
    op.drop_index("ix_correction_person_id", table_name="correction")
    op.drop_index("ix_correction_due", table_name="correction", postgresql_where=sa.text("decided_at IS NULL"))
    op.drop_table("correction")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_duplicate_review_{name}"), "duplicate_review", type_="check")
    op.execute("DELETE FROM duplicate_review WHERE record_id IS NOT NULL")
    op.drop_constraint(op.f("fk_duplicate_review_record_id"), "duplicate_review", type_="foreignkey")
    op.alter_column("duplicate_review", "row", existing_type=sa.INTEGER(), nullable=False)
    op.alter_column("duplicate_review", "run_id", existing_type=sa.UUID(), nullable=False)
    op.drop_column("duplicate_review", "record_id")
