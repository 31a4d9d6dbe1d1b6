"""Requests to see what is held of a person."""

import sqlalchemy as sa
from alembic import op


revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "disclosure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "identified",
            sa.Enum(
                "id-card",
                "family-card",
                "other-document",
                "known",
                "proxy",
                name="disclosure_identified",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("seen", sa.LargeBinary(), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column(
            "given",
            sa.Enum(
                "paper",
                "together",
                "proxy",
                name="disclosure_given",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.CheckConstraint("asked_at <= due_at AND asked_at <= answered_at", name=op.f("ck_disclosure_times_in_order")),
        sa.CheckConstraint(
            "num_nulls(answered_at, answered_by, given) IN (0, 3)", name=op.f("ck_disclosure_answered_by_somebody")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_disclosure_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
    )
    op.create_index(
        "ix_disclosure_due",
        "disclosure",
        ["agency", "due_at"],
        unique=False,
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_index("ix_disclosure_person_id", "disclosure", ["person_id"], unique=False)
    op.create_index(
        "uq_disclosure_open", "disclosure", ["person_id"], unique=True, postgresql_where=sa.text("answered_at IS NULL")
    )


def downgrade() -> None:
    op.drop_index("uq_disclosure_open", table_name="disclosure", postgresql_where=sa.text("answered_at IS NULL"))
    op.drop_index("ix_disclosure_person_id", table_name="disclosure")
    op.drop_index("ix_disclosure_due", table_name="disclosure", postgresql_where=sa.text("answered_at IS NULL"))
    op.drop_table("disclosure")
