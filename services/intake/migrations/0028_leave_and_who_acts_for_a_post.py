"""Leave, and who acts for a post.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op


revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

WHAT_BEFORE = (
    *("opened", "invited", "changed", "suspended", "resumed", "closed", "reset", "link-made", "link-used"),
    *("confirmed", "password-changed", "contact-changed", "second-step-enrolled", "second-step-removed"),
    *("key-issued", "key-revoked"),
)
WHAT = (*WHAT_BEFORE, "change-asked", "leave-noted", "leave-ended", "appointed", "appointment-ended")


def _hold_what_to(values: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_account_line_account_what"), "account_line", type_="check")
    allowed = ", ".join(f"'{each}'" for each in values)
    op.create_check_constraint(op.f("ck_account_line_account_what"), "account_line", f"what IN ({allowed})")


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("stand_in_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index("ix_absence_days", "absence", ["to_on", "from_on"], unique=False)
    op.create_table(
        "acting_term",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acting_term")),
    )
    op.create_index("ix_acting_term_officer", "acting_term", ["officer_id"], unique=False)
    op.create_table(
        "acting_appointment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("plt", "plh", name="acting_kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("stands_for_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("letter_number", sa.Text(), nullable=False),
        sa.Column("letter_on", sa.Date(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("appointed_by", sa.Uuid(), nullable=True),
        sa.Column("appointed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'plh') = (stands_for_id IS NOT NULL)", name=op.f("ck_acting_appointment_daily_means_for_somebody")
        ),
        sa.CheckConstraint("post IN ('approver', 'head')", name=op.f("ck_acting_appointment_known_post")),
        sa.CheckConstraint("stands_for_id <> officer_id", name=op.f("ck_acting_appointment_for_somebody_else")),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_acting_appointment_days_in_order")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer_account.id"], name=op.f("fk_acting_appointment_officer_id")),
        sa.ForeignKeyConstraint(
            ["stands_for_id"], ["officer_account.id"], name=op.f("fk_acting_appointment_stands_for_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acting_appointment")),
    )
    op.create_index("ix_acting_appointment_office", "acting_appointment", ["office", "to_on"], unique=False)
    op.create_index("ix_acting_appointment_officer", "acting_appointment", ["officer_id", "to_on"], unique=False)
    op.create_table(
        "officer_leave",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "annual",
                "duty-travel",
                "training",
                "other",
                name="leave_reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("stand_in_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("stand_in_id <> officer_id", name=op.f("ck_officer_leave_somebody_else_stands_in")),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_officer_leave_days_in_order")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer_account.id"], name=op.f("fk_officer_leave_officer_id")),
        sa.ForeignKeyConstraint(["stand_in_id"], ["officer_account.id"], name=op.f("fk_officer_leave_stand_in_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_leave")),
    )
    op.create_index("ix_officer_leave_officer", "officer_leave", ["officer_id", "to_on"], unique=False)
    op.create_index(
        "ix_officer_leave_stand_in",
        "officer_leave",
        ["stand_in_id", "to_on"],
        unique=False,
        postgresql_where=sa.text("stand_in_id IS NOT NULL"),
    )
    op.add_column("officer_account", sa.Column("change_asked", sa.Text(), nullable=True))
    op.add_column("officer_account", sa.Column("change_asked_by", sa.Uuid(), nullable=True))
    op.add_column("officer_account", sa.Column("change_asked_on", sa.Date(), nullable=True))
    op.create_check_constraint(
        op.f("ck_officer_account_change_asked_by_somebody"),
        "officer_account",
        "num_nonnulls(change_asked, change_asked_by, change_asked_on) IN (0, 3)",
    )
    _hold_what_to(WHAT)
    op.add_column("referral", sa.Column("signed_as", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("referral", "signed_as")
    _hold_what_to(WHAT_BEFORE)
    op.drop_constraint(op.f("ck_officer_account_change_asked_by_somebody"), "officer_account", type_="check")
    op.drop_column("officer_account", "change_asked_on")
    op.drop_column("officer_account", "change_asked_by")
    op.drop_column("officer_account", "change_asked")
    op.drop_index(
        "ix_officer_leave_stand_in", table_name="officer_leave", postgresql_where=sa.text("stand_in_id IS NOT NULL")
    )
    op.drop_index("ix_officer_leave_officer", table_name="officer_leave")
    op.drop_table("officer_leave")
    op.drop_index("ix_acting_appointment_officer", table_name="acting_appointment")
    op.drop_index("ix_acting_appointment_office", table_name="acting_appointment")
    op.drop_table("acting_appointment")
    op.drop_index("ix_acting_term_officer", table_name="acting_term")
    op.drop_table("acting_term")
    op.drop_index("ix_absence_days", table_name="absence")
    op.drop_table("absence")
