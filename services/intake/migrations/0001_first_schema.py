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
        "business_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("line_of_business", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("berita_acara", sa.String(), nullable=True),
        sa.Column("deliberated_on", sa.Date(), nullable=True),
        sa.Column("least_members", sa.Integer(), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mend_by", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business_group")),
    )
    op.create_index(
        "ix_business_group_area",
        "business_group",
        ["area", "id"],
        unique=False,
        postgresql_ops={"area": "text_pattern_ops"},
    )
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
        "household",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kk", sa.LargeBinary(), nullable=False),
        sa.Column("kk_index", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
    )
    op.create_index("uq_household_kk_index", "household", ["kk_index"], unique=True)
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
        "import_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("areas", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "running", "done", name="importstate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_index("ix_import_run_agency", "import_run", ["agency", "id"], unique=False)
    op.create_index(
        "ix_import_run_unfinished",
        "import_run",
        ["moved_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.create_index("uq_import_run_digest", "import_run", ["office", "digest"], unique=True)
    op.create_table(
        "journey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "subject_kind",
            sa.Enum("person", "group", name="subject_kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("lead_office", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum("open", "ended", name="journeystatus", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("is_stuck", sa.Boolean(), nullable=False),
        sa.Column("state", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "graduated",
                "completed",
                "refused",
                "withdrawn",
                "stopped",
                name="journeyoutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("because", sa.String(), nullable=True),
        sa.Column("end_reason", sa.LargeBinary(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(status = 'ended') = (ended_at IS NOT NULL)", name=op.f("ck_journey_ended_says_when")),
        sa.CheckConstraint("(status = 'ended') = (outcome IS NOT NULL)", name=op.f("ck_journey_ended_says_how")),
        sa.CheckConstraint("NOT (is_stuck AND status = 'ended')", name=op.f("ck_journey_ended_waits_for_nobody")),
        sa.ForeignKeyConstraint(["parent_id"], ["journey.id"], name=op.f("fk_journey_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey")),
    )
    op.create_index(
        "ix_journey_area", "journey", ["area", "id"], unique=False, postgresql_ops={"area": "text_pattern_ops"}
    )
    op.create_index("ix_journey_is_stuck", "journey", ["is_stuck", "id"], unique=False)
    op.create_index("ix_journey_subject_id", "journey", ["subject_id"], unique=False)
    op.create_index(
        "uq_journey_open",
        "journey",
        ["programme", "version", "subject_id"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
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
        "officer_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("areas", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "NOT roles @> ARRAY['officer', 'approver']::text[]",
            name=op.f("ck_officer_account_who_verifies_does_not_approve"),
        ),
        sa.CheckConstraint(
            "roles <@ ARRAY['officer', 'approver', 'head', 'coordinator', 'auditor', 'administrator']::text[] AND cardinality(roles) > 0",
            name=op.f("ck_officer_account_known_roles"),
        ),
        sa.CheckConstraint("username = lower(username)", name=op.f("ck_officer_account_username_in_lower_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_account")),
        sa.UniqueConstraint("username", name=op.f("uq_officer_account_username")),
    )
    op.create_index(op.f("ix_officer_account_office"), "officer_account", ["office"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("nik", sa.LargeBinary(), nullable=True),
        sa.Column("nik_index", sa.LargeBinary(), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("name_index", sa.LargeBinary(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column(
            "sex",
            sa.Enum("female", "male", name="sex", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column(
            "marital_status",
            sa.Enum(
                "single",
                "married",
                "divorced",
                "widowed",
                name="maritalstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "occupation",
            sa.Enum(
                "none",
                "housewife",
                "student",
                "trader",
                "farmer",
                "fisher",
                "labourer",
                "dressmaker",
                "domestic-worker",
                "employee",
                "other",
                name="occupation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("pre_prosperous", sa.Boolean(), nullable=True),
        sa.Column("has_business", sa.Boolean(), nullable=True),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("cautions", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("row_index", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(nik IS NULL) = (nik_index IS NULL)", name=op.f("ck_person_nik_is_indexed")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index(
        "ix_person_area", "person", ["area", "id"], unique=False, postgresql_ops={"area": "text_pattern_ops"}
    )
    op.create_index("uq_person_nik_index", "person", ["nik_index"], unique=True)
    op.create_index(
        "uq_person_row_index", "person", ["row_index"], unique=True, postgresql_where=sa.text("nik_index IS NULL")
    )
    op.create_table(
        "programme_version",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_programme_version")),
    )
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
        "sign_in_failure",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("who", sa.LargeBinary(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    op.create_index(op.f("ix_sign_in_failure_who_failed_at"), "sign_in_failure", ["who", "failed_at"], unique=False)
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
        "came_back",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column(
            "why",
            sa.Enum(
                "declined",
                "unanswered",
                "returned",
                name="stuckbecause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("suggestion", sa.String(), nullable=True),
        sa.Column("explanation", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["journey_id"], ["journey.id"], name=op.f("fk_came_back_journey_id")),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_came_back")),
    )
    op.create_index("ix_came_back_journey_id", "came_back", ["journey_id"], unique=False)
    op.create_table(
        "duplicate_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("row_index", sa.LargeBinary(), nullable=False),
        sa.Column("claim", sa.LargeBinary(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "settled", name="duplicatestate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_duplicate_review_person_id")),
        sa.ForeignKeyConstraint(["run_id"], ["import_run.id"], name=op.f("fk_duplicate_review_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_review")),
    )
    op.create_index("uq_duplicate_review_row_index", "duplicate_review", ["person_id", "row_index"], unique=True)
    op.create_table(
        "group_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "chair",
                "secretary",
                "treasurer",
                "member",
                name="memberrole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.CheckConstraint("joined_on <= left_on", name=op.f("ck_group_member_in_order")),
        sa.ForeignKeyConstraint(["group_id"], ["business_group.id"], name=op.f("fk_group_member_group_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_group_member_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_member")),
    )
    op.create_index("ix_group_member_group_id", "group_member", ["group_id"], unique=False)
    op.create_index(
        "uq_group_member_current",
        "group_member",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("left_on IS NULL"),
    )
    op.create_table(
        "household_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column(
            "relation",
            sa.Enum(
                "head",
                "spouse",
                "child",
                "other",
                name="relation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("since <= until", name=op.f("ck_household_member_in_order")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_household_member_household_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_household_member_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_member")),
    )
    op.create_index("ix_household_member_household_id", "household_member", ["household_id"], unique=False)
    op.create_index(
        "uq_household_member_current",
        "household_member",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "import_file",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["import_run.id"], name=op.f("fk_import_file_run_id")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_import_file")),
    )
    op.create_table(
        "import_refusal",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("column", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["import_run.id"], name=op.f("fk_import_refusal_run_id")),
        sa.PrimaryKeyConstraint("run_id", "row", name=op.f("pk_import_refusal")),
    )
    op.create_table(
        "listing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "registry_name",
            sa.Enum("DTKS", "P3KE", name="registry", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("since <= until", name=op.f("ck_listing_in_order")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_listing_person_id")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["import_run.id"], name=op.f("fk_listing_snapshot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing")),
    )
    op.create_index(
        "uq_listing_current",
        "listing",
        ["person_id", "registry_name"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "residence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("since <= until", name=op.f("ck_residence_in_order")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_residence_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_residence")),
    )
    op.create_index(
        "uq_residence_current", "residence", ["person_id"], unique=True, postgresql_where=sa.text("until IS NULL")
    )
    op.create_table(
        "verification",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column(
            "check",
            sa.Enum(
                "registry",
                "file",
                "field",
                name="verification_check",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "eligible",
                "not-eligible",
                "mend",
                "check-dukcapil",
                name="verification_outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("failed", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("findings", sa.LargeBinary(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_verification_referral_id")),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_verification")),
    )
    op.create_index("ix_verification_subject_id", "verification", ["subject_id"], unique=False)
    op.execute(CLOCK)
    op.execute("INSERT INTO domain_clock (one, ahead) VALUES (true, interval '0')")


def downgrade() -> None:
    op.execute("DROP FUNCTION kail_now()")
    op.drop_index("ix_verification_subject_id", table_name="verification")
    op.drop_table("verification")
    op.drop_index("uq_residence_current", table_name="residence", postgresql_where=sa.text("until IS NULL"))
    op.drop_table("residence")
    op.drop_index("uq_listing_current", table_name="listing", postgresql_where=sa.text("until IS NULL"))
    op.drop_table("listing")
    op.drop_table("import_refusal")
    op.drop_table("import_file")
    op.drop_index(
        "uq_household_member_current", table_name="household_member", postgresql_where=sa.text("until IS NULL")
    )
    op.drop_index("ix_household_member_household_id", table_name="household_member")
    op.drop_table("household_member")
    op.drop_index("uq_group_member_current", table_name="group_member", postgresql_where=sa.text("left_on IS NULL"))
    op.drop_index("ix_group_member_group_id", table_name="group_member")
    op.drop_table("group_member")
    op.drop_index("uq_duplicate_review_row_index", table_name="duplicate_review")
    op.drop_table("duplicate_review")
    op.drop_index("ix_came_back_journey_id", table_name="came_back")
    op.drop_table("came_back")
    op.drop_table("subscription")
    op.drop_index(op.f("ix_sign_in_failure_who_failed_at"), table_name="sign_in_failure")
    op.drop_table("sign_in_failure")
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
    op.drop_table("programme_version")
    op.drop_index("uq_person_row_index", table_name="person", postgresql_where=sa.text("nik_index IS NULL"))
    op.drop_index("uq_person_nik_index", table_name="person")
    op.drop_index("ix_person_area", table_name="person", postgresql_ops={"area": "text_pattern_ops"})
    op.drop_table("person")
    op.drop_index(op.f("ix_officer_account_office"), table_name="officer_account")
    op.drop_table("officer_account")
    op.drop_index("ix_look_subject_id", table_name="look")
    op.drop_table("look")
    op.drop_index("uq_journey_open", table_name="journey", postgresql_where=sa.text("status = 'open'"))
    op.drop_index("ix_journey_subject_id", table_name="journey")
    op.drop_index("ix_journey_is_stuck", table_name="journey")
    op.drop_index("ix_journey_area", table_name="journey", postgresql_ops={"area": "text_pattern_ops"})
    op.drop_table("journey")
    op.drop_index("uq_import_run_digest", table_name="import_run")
    op.drop_index(
        "ix_import_run_unfinished", table_name="import_run", postgresql_where=sa.text("state IN ('waiting', 'running')")
    )
    op.drop_index("ix_import_run_agency", table_name="import_run")
    op.drop_table("import_run")
    op.drop_index(op.f("ix_idempotency_created_at"), table_name="idempotency")
    op.drop_table("idempotency")
    op.drop_index("uq_household_kk_index", table_name="household")
    op.drop_table("household")
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
    op.drop_index("ix_business_group_area", table_name="business_group", postgresql_ops={"area": "text_pattern_ops"})
    op.drop_table("business_group")
