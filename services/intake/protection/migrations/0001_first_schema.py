"""The compartment's tables, in a database of their own.

A migration is written once and never edited after release.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def closed(name: str, *, nullable: bool = False) -> "sa.Column[bytes]":
    return sa.Column(name, sa.LargeBinary(), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "protection_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        closed("person_index"),
        closed("person_id"),
        closed("alias"),
        closed("kind"),
        closed("notes", nullable=True),
        closed("safe_contact", nullable=True),
        closed("opened_by"),
        closed("opened_at"),
        closed("follow_up_due_at", nullable=True),
        closed("report_due_at", nullable=True),
        sa.Column("look_on", sa.Date(), nullable=True),
        closed("closed_at", nullable=True),
        closed("closing", nullable=True),
        sa.CheckConstraint("(closed_at IS NULL) = (closing IS NULL)", name=op.f("ck_protection_case_closed_says_why")),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (look_on IS NOT NULL)", name=op.f("ck_protection_case_open_is_looked_at")
        ),
        sa.CheckConstraint(
            "closed_at IS NOT NULL OR follow_up_due_at IS NOT NULL", name=op.f("ck_protection_case_open_is_owed_a_talk")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protection_case")),
    )
    op.create_index(
        "ix_protection_case_due",
        "protection_case",
        ["office", "look_on", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "uq_protection_case_open",
        "protection_case",
        ["office", "person_index"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "protection_glass",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        closed("person_index"),
        closed("content"),
        closed("asked_by"),
        closed("asked_at"),
        closed("decided_by", nullable=True),
        closed("decided_at", nullable=True),
        closed("decision", nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        closed("open_until", nullable=True),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decision IS NULL)", name=op.f("ck_protection_glass_decided_says_why")
        ),
        sa.CheckConstraint("decided_by <> asked_by", name=op.f("ck_protection_glass_a_second_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protection_glass")),
    )
    op.create_index(
        "ix_protection_glass_waiting",
        "protection_glass",
        ["office", "id"],
        unique=False,
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_index(
        "uq_protection_glass_open",
        "protection_glass",
        ["asked_by", "person_index"],
        unique=True,
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "protection_log",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        closed("line"),
        closed("hash"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_protection_log")),
    )
    op.create_index("ix_protection_log_office", "protection_log", ["office", "seq"], unique=False)
    op.create_table(
        "protection_onward",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("waits", sa.Boolean(), nullable=False),
        closed("content"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protection_onward")),
    )
    op.create_index(
        "ix_protection_onward_waiting", "protection_onward", ["id"], unique=False, postgresql_where=sa.text("waits")
    )
    op.create_table(
        "protection_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        closed("person_index"),
        closed("content"),
        closed("asked_at"),
        closed("due_at"),
        sa.Column("look_on", sa.Date(), nullable=False),
        closed("settled_at", nullable=True),
        closed("settling", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protection_request")),
    )
    op.create_index(
        "ix_protection_request_due",
        "protection_request",
        ["office", "look_on", "id"],
        unique=False,
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index(
        "uq_protection_request_open",
        "protection_request",
        ["office", "person_index"],
        unique=True,
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "protection_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        closed("once", nullable=True),
        closed("content"),
        closed("recorded_by"),
        closed("recorded_at"),
        sa.ForeignKeyConstraint(["case_id"], ["protection_case.id"], name=op.f("fk_protection_step_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protection_step")),
    )
    op.create_index("uq_protection_step_once", "protection_step", ["case_id", "once"], unique=True)


def downgrade() -> None:
    for table in ("step", "request", "onward", "log", "glass", "case"):
        op.drop_table(f"protection_{table}")
