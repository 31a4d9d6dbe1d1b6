"""The protection compartment, contact wishes, and the role of those who read the compartment."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KNOWN, ELSEWHERE = "ck_officer_account_known_roles", "ck_officer_account_counsellors_at_dp3a"
BEFORE = ("officer", "approver", "head", "coordinator", "auditor", "administrator")


def known(*roles: str) -> str:
    listed = ", ".join(f"'{role}'" for role in roles)
    return f"roles <@ ARRAY[{listed}]::text[] AND cardinality(roles) > 0"


def upgrade() -> None:
    op.drop_constraint(op.f(KNOWN), "officer_account")
    op.create_check_constraint(op.f(KNOWN), "officer_account", known(*BEFORE, "counsellor"))
    op.create_check_constraint(
        op.f(ELSEWHERE), "officer_account", "agency = 'dp3a' OR NOT roles @> ARRAY['counsellor']::text[]"
    )
    op.create_table(
        "protection_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("person_index", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.LargeBinary(), nullable=False),
        sa.Column("notes", sa.LargeBinary(), nullable=True),
        sa.Column("safe_contact", sa.LargeBinary(), nullable=True),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("follow_up_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(closed_at IS NULL) = (closing IS NULL)", name=op.f("ck_protection_case_closed_says_why")),
        sa.CheckConstraint(
            "closed_at IS NOT NULL OR follow_up_due_at IS NOT NULL", name=op.f("ck_protection_case_open_is_owed_a_talk")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protection_case")),
    )
    op.create_index(
        "ix_protection_case_due",
        "protection_case",
        ["office", "follow_up_due_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_protection_case_office", "protection_case", ["office", "id"], unique=False)
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
        sa.Column("person_index", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.LargeBinary(), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decision IS NULL)", name=op.f("ck_protection_glass_decided_says_why")
        ),
        sa.CheckConstraint("decided_by <> asked_by", name=op.f("ck_protection_glass_a_second_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protection_glass")),
    )
    op.create_index(
        "ix_protection_glass_waiting",
        "protection_glass",
        ["office", "asked_at", "id"],
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
        sa.Column("line", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_protection_log")),
    )
    op.create_index("ix_protection_log_office", "protection_log", ["office", "seq"], unique=False)
    op.create_table(
        "protection_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("person_index", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settling", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protection_request")),
    )
    op.create_index(
        "ix_protection_request_due",
        "protection_request",
        ["office", "due_at", "id"],
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
        "contact_wish",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("wish", sa.LargeBinary(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_contact_wish_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_contact_wish")),
    )
    op.create_table(
        "protection_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("once", sa.String(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["protection_case.id"], name=op.f("fk_protection_step_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protection_step")),
    )
    op.create_index("uq_protection_step_once", "protection_step", ["case_id", "once"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_protection_step_once", table_name="protection_step")
    op.drop_table("protection_step")
    op.drop_table("contact_wish")
    op.drop_index(
        "ix_protection_request_due", table_name="protection_request", postgresql_where=sa.text("settled_at IS NULL")
    )
    op.drop_index(
        "uq_protection_request_open", table_name="protection_request", postgresql_where=sa.text("settled_at IS NULL")
    )
    op.drop_table("protection_request")
    op.drop_index("ix_protection_log_office", table_name="protection_log")
    op.drop_table("protection_log")
    op.drop_index(
        "ix_protection_glass_waiting", table_name="protection_glass", postgresql_where=sa.text("decided_at IS NULL")
    )
    op.drop_index(
        "uq_protection_glass_open", table_name="protection_glass", postgresql_where=sa.text("decided_at IS NULL")
    )
    op.drop_table("protection_glass")
    op.drop_index("ix_protection_case_due", table_name="protection_case", postgresql_where=sa.text("closed_at IS NULL"))
    op.drop_index("ix_protection_case_office", table_name="protection_case")
    op.drop_index(
        "uq_protection_case_open", table_name="protection_case", postgresql_where=sa.text("closed_at IS NULL")
    )
    op.drop_table("protection_case")
    op.drop_constraint(op.f(ELSEWHERE), "officer_account")
    op.drop_constraint(op.f(KNOWN), "officer_account")
    op.create_check_constraint(op.f(KNOWN), "officer_account", known(*BEFORE))
