"""Meetings, their agendas and tasks; visits as figures; the criterion that a signature was given by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("programmes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("meets_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("convened_by", sa.Uuid(), nullable=False),
        sa.Column("convened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_by", sa.Uuid(), nullable=True),
        sa.Column("minutes", sa.LargeBinary(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_because", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("held_at IS NULL OR cancelled_at IS NULL", name=op.f("ck_meeting_held_or_cancelled")),
        sa.CheckConstraint(
            "num_nonnulls(cancelled_at, cancelled_because) IN (0, 2)", name=op.f("ck_meeting_cancelled_for_a_reason")
        ),
        sa.CheckConstraint(
            "num_nonnulls(held_at, held_by, minutes) IN (0, 3)", name=op.f("ck_meeting_held_with_its_minutes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_index("ix_meeting_office", "meeting", ["office", "meets_on", "id"], unique=False)
    op.create_table(
        "visit_figure",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("referral_id", "number", name=op.f("pk_visit_figure")),
    )
    op.create_index("ix_visit_figure_journey_id", "visit_figure", ["journey_id", "month", "recorded_at"], unique=False)
    op.create_table(
        "agenda_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "waiting",
                "overdue",
                "unanswered",
                "stuck",
                "stalled",
                "fund",
                name="agenda_reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("programme", sa.String(), nullable=True),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("journey_id", sa.Uuid(), nullable=True),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("stage", sa.String(), nullable=True),
        sa.Column("office", sa.String(), nullable=True),
        sa.Column("fund_id", sa.String(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(fund_id IS NULL) <> (journey_id IS NULL)", name=op.f("ck_agenda_item_a_journey_or_a_fund")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_agenda_item_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
        sa.UniqueConstraint("meeting_id", "reason", "subject", name=op.f("uq_agenda_item_meeting_id_reason_subject")),
    )
    op.create_index("ix_agenda_item_number", "agenda_item", ["meeting_id", "number", "id"], unique=False)
    op.create_index(
        "ix_agenda_item_waiting",
        "agenda_item",
        ["referral_id"],
        unique=False,
        postgresql_where=sa.text("reason = 'waiting'"),
    )
    op.create_table(
        "meeting_attendance",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.CheckConstraint("people > 0", name=op.f("ck_meeting_attendance_somebody_came")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_attendance_meeting_id")),
        sa.PrimaryKeyConstraint("meeting_id", "office", name=op.f("pk_meeting_attendance")),
    )
    op.create_table(
        "meeting_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("journey_id", sa.Uuid(), nullable=True),
        sa.Column("decision", sa.LargeBinary(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "decided",
                "open",
                "accepted",
                "done",
                name="meeting_task_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(state = 'decided') = (assigned_at IS NULL)", name=op.f("ck_meeting_task_given_when_the_meeting_was_held")
        ),
        sa.CheckConstraint(
            "num_nonnulls(done_at, done_by, note) = CASE WHEN state = 'done' THEN 3 ELSE 0 END",
            name=op.f("ck_meeting_task_done_with_a_note"),
        ),
        sa.CheckConstraint(
            "state <> 'accepted' OR accepted_at IS NOT NULL", name=op.f("ck_meeting_task_accepted_at_a_moment")
        ),
        sa.CheckConstraint(
            "num_nonnulls(accepted_at, accepted_by) IN (0, 2)", name=op.f("ck_meeting_task_accepted_by_somebody")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_item.id"], name=op.f("fk_meeting_task_item_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_task_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_task")),
    )
    op.create_index("ix_meeting_task_meeting_id", "meeting_task", ["meeting_id"], unique=False)
    op.create_index("ix_meeting_task_office", "meeting_task", ["office", "due_on", "id"], unique=False)
    op.add_column(
        "graduation_signature",
        sa.Column("criterion", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    )


def downgrade() -> None:
    op.drop_column("graduation_signature", "criterion")
    op.drop_index("ix_meeting_task_meeting_id", table_name="meeting_task")
    op.drop_index("ix_meeting_task_office", table_name="meeting_task")
    op.drop_table("meeting_task")
    op.drop_table("meeting_attendance")
    op.drop_index("ix_agenda_item_number", table_name="agenda_item")
    op.drop_index("ix_agenda_item_waiting", table_name="agenda_item", postgresql_where=sa.text("reason = 'waiting'"))
    op.drop_table("agenda_item")
    op.drop_index("ix_visit_figure_journey_id", table_name="visit_figure")
    op.drop_table("visit_figure")
    op.drop_index("ix_meeting_office", table_name="meeting")
    op.drop_table("meeting")
