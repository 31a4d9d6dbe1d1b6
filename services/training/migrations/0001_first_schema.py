"""The first schema.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

CLOCK = """
CREATE FUNCTION kail_now() RETURNS timestamptz LANGUAGE sql STABLE AS
$$ SELECT clock_timestamp() + (SELECT ahead FROM domain_clock) $$
"""


def upgrade() -> None:
    op.create_table(
        "course",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("planned_by", sa.Uuid(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("places > 0", name=op.f("ck_course_has_places")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course")),
    )
    op.create_index("ix_course_office", "course", ["office", "type", "first_day", "id"], unique=False)
    op.create_table(
        "cursor",
        sa.Column("subscriber", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("partition", sa.SmallInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("applied", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("subscriber", "source", "partition", name=op.f("pk_cursor")),
    )
    op.create_table(
        "domain_clock",
        sa.Column("one", sa.Boolean(), nullable=False),
        sa.Column("ahead", sa.Interval(), nullable=False),
        sa.CheckConstraint("one", name=op.f("ck_domain_clock_only_one_row")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_domain_clock")),
    )
    op.create_table(
        "early_withdrawal",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_early_withdrawal")),
    )
    op.create_table(
        "event_log",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("partition", sa.SmallInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sealed", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("sealed_digest", sa.LargeBinary(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_event_log")),
    )
    op.create_index(
        "ix_event_log_sealed",
        "event_log",
        ["partition", "position"],
        unique=False,
        postgresql_where=sa.text("sealed IS NOT NULL"),
    )
    op.create_index(
        "ix_event_log_unnumbered", "event_log", ["seq"], unique=False, postgresql_where=sa.text("position IS NULL")
    )
    op.create_index("uq_event_log_position", "event_log", ["partition", "position"], unique=True)
    op.create_table(
        "event_log_head",
        sa.Column("partition", sa.SmallInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("partition", name=op.f("pk_event_log_head")),
    )
    op.create_table(
        "held_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscriber", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("partition", sa.SmallInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sealed", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "held", "applied", "skipped", name="heldstate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("settled_reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_event")),
    )
    op.create_index(
        "ix_held_event_stream",
        "held_event",
        ["subscriber", "source", "stream"],
        unique=False,
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_index(
        "uq_held_event_position", "held_event", ["subscriber", "source", "partition", "position"], unique=True
    )
    op.create_table(
        "idempotency",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("officer_id", "key", name=op.f("pk_idempotency")),
    )
    op.create_index(op.f("ix_idempotency_created_at"), "idempotency", ["created_at"], unique=False)
    op.create_table(
        "look",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_look")),
    )
    op.create_index("ix_look_subject_id", "look", ["subject_id"], unique=False)
    op.create_table(
        "referral",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("sender_office", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column(
            "subject_kind",
            sa.Enum(
                "person", "group", name="referral_subject_kind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("earlier", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("particulars", sa.LargeBinary(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "offered",
                "opened",
                "accepted",
                "completed",
                "declined",
                "returned",
                "withdrawn",
                "unanswered",
                name="referral_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("facts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "outside-mandate",
                "not-our-area",
                "no-budget",
                "no-places",
                "incomplete-file",
                "already-served",
                "not-reached",
                "other",
                name="referral_reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("explanation", sa.LargeBinary(), nullable=True),
        sa.Column(
            "suggestion",
            sa.Enum(
                "offer-elsewhere",
                "offer-again-later",
                "mend-and-return",
                "end-journey",
                name="referral_suggestion",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("handled_by", sa.Uuid(), nullable=True),
        sa.Column("handler_name", sa.String(), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state IN ('accepted', 'offered', 'opened')) = (closed_at IS NULL)",
            name=op.f("ck_referral_closed_at_a_moment"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(outcome, facts) = CASE WHEN state = 'completed' THEN 2 ELSE 0 END",
            name=op.f("ck_referral_done_means_an_outcome"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(reason, explanation, suggestion) = CASE WHEN state IN ('declined', 'returned') THEN 3 ELSE 0 END",
            name=op.f("ck_referral_a_no_has_its_grounds"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'completed', 'returned') OR (accepted_at IS NOT NULL AND accepted_by IS NOT NULL)",
            name=op.f("ck_referral_taken_on_by_somebody"),
        ),
        sa.CheckConstraint("attempt >= 1 AND revision >= 1", name=op.f("ck_referral_counted_from_one")),
        sa.CheckConstraint(
            "opened_at <= accepted_at AND accepted_at <= closed_at AND remind_at <= due_at",
            name=op.f("ck_referral_times_in_order"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
    )
    op.create_index(
        "ix_referral_closed",
        "referral",
        ["agency", "office", "closed_at", "id"],
        unique=False,
        postgresql_where=sa.text("NOT state IN ('accepted', 'offered', 'opened')"),
    )
    op.create_index("ix_referral_journey_id", "referral", ["journey_id"], unique=False)
    op.create_index("ix_referral_subject", "referral", ["subject_kind", "subject_id"], unique=False)
    op.create_index(
        "ix_referral_to_escalate",
        "referral",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('accepted', 'offered', 'opened') AND escalated_at IS NULL"),
    )
    op.create_index(
        "ix_referral_to_expire",
        "referral",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('offered', 'opened')"),
    )
    op.create_index(
        "ix_referral_to_remind",
        "referral",
        ["remind_at"],
        unique=False,
        postgresql_where=sa.text(
            "state IN ('accepted', 'offered', 'opened') AND reminded_at IS NULL AND escalated_at IS NULL"
        ),
    )
    op.create_index(
        "ix_referral_worklist",
        "referral",
        ["agency", "office", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('accepted', 'offered', 'opened')"),
    )
    op.create_table(
        "subscription",
        sa.Column("subscriber", sa.String(), nullable=False),
        sa.Column("partition", sa.SmallInteger(), nullable=False),
        sa.Column("confirmed", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("active", "halted", name="subscriptionstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("alarm", sa.String(), nullable=True),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("resent", sa.BigInteger(), nullable=False),
        sa.Column("heard_from_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("subscriber", "partition", name=op.f("pk_subscription")),
    )
    op.create_table(
        "course_enrolment",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("sessions_asked", sa.Integer(), nullable=False),
        sa.Column(
            "subject_kind",
            sa.Enum(
                "person",
                "group",
                name="course_enrolment_subject_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=True),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("attended", "absent", name="course_outcome", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("sessions_attended", sa.Integer(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(outcome IS NULL) = (ended_on IS NULL) AND (outcome IS NULL) = (sessions_attended IS NULL)",
            name=op.f("ck_course_enrolment_an_end_has_its_count"),
        ),
        sa.CheckConstraint("members > 0", name=op.f("ck_course_enrolment_a_group_has_members")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_enrolment_course_id")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_course_enrolment_referral_id")),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_course_enrolment")),
    )
    op.create_index("ix_course_enrolment_course_id", "course_enrolment", ["course_id"], unique=False)
    op.create_index(
        "ix_course_enrolment_history",
        "course_enrolment",
        ["subject_kind", "subject_id", "type"],
        unique=False,
        postgresql_where=sa.text("outcome IS NOT NULL"),
    )
    op.create_table(
        "course_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_course_session_counted_from_one")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_session_course_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_session")),
        sa.UniqueConstraint("course_id", "number", name=op.f("uq_course_session_course_id_number")),
    )
    op.create_table(
        "course_attendance",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("members_present", sa.Integer(), nullable=True),
        sa.Column("marked_by", sa.Uuid(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("members_present >= 0", name=op.f("ck_course_attendance_nobody_is_less_than_nobody")),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["course_enrolment.referral_id"], name=op.f("fk_course_attendance_referral_id")
        ),
        sa.ForeignKeyConstraint(["session_id"], ["course_session.id"], name=op.f("fk_course_attendance_session_id")),
        sa.PrimaryKeyConstraint("session_id", "referral_id", name=op.f("pk_course_attendance")),
    )
    op.create_index("ix_course_attendance_referral_id", "course_attendance", ["referral_id"], unique=False)
    op.execute(CLOCK)
    op.execute("INSERT INTO domain_clock (one, ahead) VALUES (true, interval '0')")


def downgrade() -> None:
    op.execute("DROP FUNCTION kail_now()")
    op.drop_index("ix_course_attendance_referral_id", table_name="course_attendance")
    op.drop_table("course_attendance")
    op.drop_table("course_session")
    op.drop_index(
        "ix_course_enrolment_history", table_name="course_enrolment", postgresql_where=sa.text("outcome IS NOT NULL")
    )
    op.drop_index("ix_course_enrolment_course_id", table_name="course_enrolment")
    op.drop_table("course_enrolment")
    op.drop_table("subscription")
    op.drop_index(
        "ix_referral_worklist",
        table_name="referral",
        postgresql_where=sa.text("state IN ('accepted', 'offered', 'opened')"),
    )
    op.drop_index(
        "ix_referral_to_remind",
        table_name="referral",
        postgresql_where=sa.text(
            "state IN ('accepted', 'offered', 'opened') AND reminded_at IS NULL AND escalated_at IS NULL"
        ),
    )
    op.drop_index(
        "ix_referral_to_expire", table_name="referral", postgresql_where=sa.text("state IN ('offered', 'opened')")
    )
    op.drop_index(
        "ix_referral_to_escalate",
        table_name="referral",
        postgresql_where=sa.text("state IN ('accepted', 'offered', 'opened') AND escalated_at IS NULL"),
    )
    op.drop_index("ix_referral_subject", table_name="referral")
    op.drop_index("ix_referral_journey_id", table_name="referral")
    op.drop_index(
        "ix_referral_closed",
        table_name="referral",
        postgresql_where=sa.text("NOT state IN ('accepted', 'offered', 'opened')"),
    )
    op.drop_table("referral")
    op.drop_index("ix_look_subject_id", table_name="look")
    op.drop_table("look")
    op.drop_index(op.f("ix_idempotency_created_at"), table_name="idempotency")
    op.drop_table("idempotency")
    op.drop_index("uq_held_event_position", table_name="held_event")
    op.drop_index("ix_held_event_stream", table_name="held_event", postgresql_where=sa.text("state = 'held'"))
    op.drop_table("held_event")
    op.drop_table("event_log_head")
    op.drop_index("uq_event_log_position", table_name="event_log")
    op.drop_index("ix_event_log_unnumbered", table_name="event_log", postgresql_where=sa.text("position IS NULL"))
    op.drop_index("ix_event_log_sealed", table_name="event_log", postgresql_where=sa.text("sealed IS NOT NULL"))
    op.drop_table("event_log")
    op.drop_table("early_withdrawal")
    op.drop_table("domain_clock")
    op.drop_table("cursor")
    op.drop_index("ix_course_office", table_name="course")
    op.drop_table("course")
