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
        "fund_figure",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("owner_office", sa.String(), nullable=False),
        sa.Column("budget_year", sa.Integer(), nullable=False),
        sa.Column("ceiling", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("committed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("realised", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("returned", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("closed", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_figure")),
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
        "journey_figure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("lead_office", sa.String(), nullable=False),
        sa.Column("parent_journey_id", sa.Uuid(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("because", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey_figure")),
    )
    op.create_index(
        "ix_journey_figure_listed", "journey_figure", ["programme", "version", "opened_at", "id"], unique=False
    )
    op.create_index(
        "ix_journey_figure_open",
        "journey_figure",
        ["programme", "version"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
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
        "referral_figure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_as", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column(
            "state",
            sa.String(),
            sa.Computed(
                "CASE WHEN closed_as IS NOT NULL THEN closed_as WHEN accepted_at IS NOT NULL THEN 'accepted' WHEN opened_at IS NOT NULL THEN 'opened' ELSE 'offered' END",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_figure")),
    )
    op.create_index(op.f("ix_referral_figure_journey_id"), "referral_figure", ["journey_id"], unique=False)
    op.create_table(
        "skipped_stage",
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("skipped_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("journey_id", "stage", name=op.f("pk_skipped_stage")),
    )
    op.create_table(
        "stage_figure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("sender_office", sa.String(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stuck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stuck_because", sa.String(), nullable=True),
        sa.Column("accountable_office", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_figure")),
    )
    op.create_index("ix_stage_figure_journey_id_stage", "stage_figure", ["journey_id", "stage"], unique=False)
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
        "timeline_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=True),
        sa.Column("agency", sa.String(), nullable=True),
        sa.Column("office", sa.String(), nullable=True),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("cause_id", sa.Uuid(), nullable=True),
        sa.Column("trace_id", sa.Uuid(), nullable=False),
        sa.Column("said", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline_entry")),
    )
    op.create_index("ix_timeline_entry_story", "timeline_entry", ["journey_id", "happened_at", "id"], unique=False)
    op.create_table(
        "graduation_signature",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("officer_name", sa.String(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "graduated",
                "not-yet",
                "failed",
                name="graduation_verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "cause",
            sa.Enum(
                "illness",
                "disaster",
                "market",
                "misuse",
                "other",
                name="graduation_cause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(verdict = 'failed') = (cause IS NOT NULL)", name=op.f("ck_graduation_signature_a_failure_has_its_cause")
        ),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_graduation_signature_referral_id")),
        sa.PrimaryKeyConstraint("referral_id", "number", name=op.f("pk_graduation_signature")),
        sa.UniqueConstraint("referral_id", "officer_id", name=op.f("uq_graduation_signature_referral_id_officer_id")),
    )
    op.create_table(
        "visit",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=True),
        sa.Column("omzet", sa.BigInteger(), nullable=True),
        sa.Column("profit", sa.BigInteger(), nullable=True),
        sa.Column(
            "goods",
            sa.Enum(
                "in-use", "broken", "sold", name="visit_goods", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column(
            "condition",
            sa.Enum(
                "growing",
                "steady",
                "stalled",
                name="visit_condition",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "cause",
            sa.Enum(
                "illness",
                "disaster",
                "market",
                "misuse",
                "other",
                name="visit_cause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "coalesce(condition = 'stalled', false) = (cause IS NOT NULL)", name=op.f("ck_visit_a_stall_has_its_cause")
        ),
        sa.CheckConstraint(
            "num_nulls(visited_on, omzet, profit, goods, condition, recorded_by, recorded_at) IN (0, 7)",
            name=op.f("ck_visit_recorded_as_a_whole"),
        ),
        sa.CheckConstraint("omzet >= 0 AND profit <= omzet", name=op.f("ck_visit_amounts_make_sense")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_visit_referral_id")),
        sa.PrimaryKeyConstraint("referral_id", "number", name=op.f("pk_visit")),
    )
    op.execute(CLOCK)
    op.execute("INSERT INTO domain_clock (one, ahead) VALUES (true, interval '0')")


def downgrade() -> None:
    op.execute("DROP FUNCTION kail_now()")
    op.drop_table("visit")
    op.drop_table("graduation_signature")
    op.drop_index("ix_timeline_entry_story", table_name="timeline_entry")
    op.drop_table("timeline_entry")
    op.drop_table("subscription")
    op.drop_index("ix_stage_figure_journey_id_stage", table_name="stage_figure")
    op.drop_table("stage_figure")
    op.drop_table("skipped_stage")
    op.drop_index(op.f("ix_referral_figure_journey_id"), table_name="referral_figure")
    op.drop_table("referral_figure")
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
    op.drop_index("ix_journey_figure_open", table_name="journey_figure", postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_index("ix_journey_figure_listed", table_name="journey_figure")
    op.drop_table("journey_figure")
    op.drop_index(op.f("ix_idempotency_created_at"), table_name="idempotency")
    op.drop_table("idempotency")
    op.drop_index("uq_held_event_position", table_name="held_event")
    op.drop_index("ix_held_event_stream", table_name="held_event", postgresql_where=sa.text("state = 'held'"))
    op.drop_table("held_event")
    op.drop_table("fund_figure")
    op.drop_table("event_log_head")
    op.drop_index("uq_event_log_position", table_name="event_log")
    op.drop_index("ix_event_log_unnumbered", table_name="event_log", postgresql_where=sa.text("position IS NULL"))
    op.drop_index("ix_event_log_sealed", table_name="event_log", postgresql_where=sa.text("sealed IS NOT NULL"))
    op.drop_table("event_log")
    op.drop_table("early_withdrawal")
    op.drop_table("domain_clock")
    op.drop_table("cursor")
