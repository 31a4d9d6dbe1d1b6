"""What a coordinator does.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op


revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

REASONS_BEFORE = ("waiting", "overdue", "unanswered", "stuck", "stalled", "fund")
REASONS = ("waiting", "asked", "overdue", "unanswered", "stuck", "stalled", "fund")


def _reasons(reasons: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_agenda_item_agenda_reason"), "agenda_item", type_="check")
    named = ", ".join(f"'{each}'" for each in reasons)
    op.create_check_constraint(op.f("ck_agenda_item_agenda_reason"), "agenda_item", f"reason IN ({named})")


def upgrade() -> None:
    _reasons(REASONS)
    op.create_table(
        "coordinator_ask",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column(
            "wants",
            sa.Enum(
                "attention",
                "explanation",
                name="coordinator_wants",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("signed", sa.LargeBinary(), nullable=False),
        sa.Column("coordinating_office", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_as", sa.LargeBinary(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(wants = 'explanation') = (due_at IS NOT NULL)",
            name=op.f("ck_coordinator_ask_an_explanation_has_its_clock"),
        ),
        sa.CheckConstraint(
            "wants = 'explanation' OR answered_at IS NULL", name=op.f("ck_coordinator_ask_a_nudge_asks_nothing")
        ),
        sa.CheckConstraint(
            "num_nonnulls(answer, answered_by, answered_as, answered_at) IN (0, 4)",
            name=op.f("ck_coordinator_ask_answered_whole"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coordinator_ask")),
    )
    op.create_index("ix_coordinator_ask_journey_id", "coordinator_ask", ["journey_id"], unique=False)
    op.create_index("ix_coordinator_ask_office", "coordinator_ask", ["office", "asked_at", "id"], unique=False)
    op.create_index(
        "uq_coordinator_nudge",
        "coordinator_ask",
        ["referral_id", "asked_on"],
        unique=True,
        postgresql_where=sa.text("due_at IS NULL"),
    )
    op.create_index(
        "uq_coordinator_question",
        "coordinator_ask",
        ["referral_id"],
        unique=True,
        postgresql_where=sa.text("due_at IS NOT NULL AND answered_at IS NULL"),
    )
    op.create_table(
        "journey_flag",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("flagged_by", sa.Uuid(), nullable=False),
        sa.Column("signed", sa.LargeBinary(), nullable=False),
        sa.Column("coordinating_office", sa.String(), nullable=False),
        sa.Column("flagged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_as", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(lifted_at, lifted_by, lifted_as) IN (0, 3)", name=op.f("ck_journey_flag_lifted_by_somebody")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey_flag")),
    )
    op.create_index(
        "uq_journey_flag", "journey_flag", ["journey_id"], unique=True, postgresql_where=sa.text("lifted_at IS NULL")
    )
    op.create_table(
        "agenda_wish",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("signed", sa.LargeBinary(), nullable=False),
        sa.Column("coordinating_office", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_agenda_wish_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_wish")),
    )
    op.create_index(
        "uq_agenda_wish", "agenda_wish", ["journey_id"], unique=True, postgresql_where=sa.text("meeting_id IS NULL")
    )


def downgrade() -> None:
    op.drop_index("uq_agenda_wish", table_name="agenda_wish", postgresql_where=sa.text("meeting_id IS NULL"))
    op.drop_table("agenda_wish")
    op.drop_index("uq_journey_flag", table_name="journey_flag", postgresql_where=sa.text("lifted_at IS NULL"))
    op.drop_table("journey_flag")
    op.drop_index(
        "uq_coordinator_question",
        table_name="coordinator_ask",
        postgresql_where=sa.text("due_at IS NOT NULL AND answered_at IS NULL"),
    )
    op.drop_index("uq_coordinator_nudge", table_name="coordinator_ask", postgresql_where=sa.text("due_at IS NULL"))
    op.drop_index("ix_coordinator_ask_office", table_name="coordinator_ask")
    op.drop_index("ix_coordinator_ask_journey_id", table_name="coordinator_ask")
    op.drop_table("coordinator_ask")
    op.execute("DELETE FROM agenda_item WHERE reason = 'asked'")
    _reasons(REASONS_BEFORE)
