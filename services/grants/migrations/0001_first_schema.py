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
        "fund",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "apbd",
                "apbn",
                "zakat",
                "csr",
                "cooperative",
                name="fund_source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("owner_office", sa.String(), nullable=False),
        sa.Column("budget_year", sa.Integer(), nullable=False),
        sa.Column("ceiling", sa.BigInteger(), nullable=False),
        sa.Column("ceiling_note", sa.String(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("committed", sa.BigInteger(), nullable=False),
        sa.Column("realised", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "ceiling > 0 AND reserved >= 0 AND committed >= 0 AND realised >= 0 AND returned >= 0",
            name=op.f("ck_fund_never_negative"),
        ),
        sa.CheckConstraint(
            "closed_on IS NULL OR reserved + committed = 0", name=op.f("ck_fund_closed_means_nothing_set_aside")
        ),
        sa.CheckConstraint("reserved + committed + realised <= ceiling", name=op.f("ck_fund_within_the_ceiling")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund")),
    )
    op.create_table(
        "goods_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("fund_id", sa.String(), nullable=False),
        sa.Column("ceiling", sa.BigInteger(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "drafted",
                "proposed",
                "accepted",
                "reserve-listed",
                "refused",
                "handed-over",
                "accounted",
                "withdrawn",
                name="grantstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("total", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("sk_number", sa.String(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state IN ('drafted', 'withdrawn')) OR total > 0", name=op.f("ck_goods_grant_proposed_with_lines")
        ),
        sa.CheckConstraint(
            "decided_by <> recorded_by AND decided_by <> submitted_by",
            name=op.f("ck_goods_grant_who_proposes_does_not_decide"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_grant")),
        sa.UniqueConstraint("journey_id", name=op.f("uq_goods_grant_journey_id")),
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
        "account_report",
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["grant_id"], ["goods_grant.id"], name=op.f("fk_account_report_grant_id")),
        sa.PrimaryKeyConstraint("grant_id", name=op.f("pk_account_report")),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "accepted", "reserve", "refused", name="verdict", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("sk_number", sa.String(), nullable=False),
        sa.Column("sk_date", sa.Date(), nullable=False),
        sa.Column("prepared_by", sa.Uuid(), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(signed_at IS NULL) = (signed_by IS NULL)", name=op.f("ck_decision_signed_by_somebody")),
        sa.ForeignKeyConstraint(["grant_id"], ["goods_grant.id"], name=op.f("fk_decision_grant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("referral_id", name=op.f("uq_decision_referral_id")),
    )
    op.create_index(op.f("ix_decision_grant_id"), "decision", ["grant_id"], unique=False)
    op.create_table(
        "fund_entry",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.String(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column(
            "move",
            sa.Enum(
                "reserve",
                "commit",
                "realise",
                "release",
                "return",
                "lapse",
                name="fund_move",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("committed", sa.BigInteger(), nullable=False),
        sa.Column("realised", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.String(), nullable=True),
        sa.Column("moved_by", sa.Uuid(), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "amount > 0 AND CASE move WHEN 'reserve' THEN (reserved, committed, realised, returned) = (amount, 0, 0, 0) WHEN 'commit' THEN (committed, realised, returned) = (amount, 0, 0) AND reserved <= 0 WHEN 'realise' THEN (reserved, committed, realised, returned) = (0, -amount, amount, 0) WHEN 'return' THEN (reserved, committed, realised, returned) = (0, 0, -amount, amount) ELSE reserved + committed = -amount AND reserved <= 0 AND committed <= 0 AND realised = 0 AND returned = 0 END",
            name=op.f("ck_fund_entry_parts_fit_the_move"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_entry_fund_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_fund_entry")),
    )
    op.create_index("ix_fund_entry_fund", "fund_entry", ["fund_id", "seq"], unique=False)
    op.create_index("ix_fund_entry_grant", "fund_entry", ["grant_id", "fund_id"], unique=False)
    op.create_table(
        "purchase_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("vendor", sa.String(), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "placed",
                "delivered",
                "failed",
                "cancelled",
                name="orderstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("failed_because", sa.String(), nullable=True),
        sa.Column("placed_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state = 'failed') = (failed_because IS NOT NULL)", name=op.f("ck_purchase_order_failed_for_a_reason")
        ),
        sa.ForeignKeyConstraint(["grant_id"], ["goods_grant.id"], name=op.f("fk_purchase_order_grant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order")),
        sa.UniqueConstraint("grant_id", "number", name=op.f("uq_purchase_order_grant_id_number")),
    )
    op.create_index(
        "uq_purchase_order_placed",
        "purchase_order",
        ["grant_id"],
        unique=True,
        postgresql_where=sa.text("state = 'placed'"),
    )
    op.create_table(
        "rab_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("realised", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "quantity > 0 AND unit_price > 0 AND total = quantity * unit_price", name=op.f("ck_rab_line_adds_up")
        ),
        sa.CheckConstraint(
            "received BETWEEN 0 AND quantity AND realised BETWEEN 0 AND total",
            name=op.f("ck_rab_line_no_silent_overrun"),
        ),
        sa.ForeignKeyConstraint(["grant_id"], ["goods_grant.id"], name=op.f("fk_rab_line_grant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rab_line")),
        sa.UniqueConstraint("grant_id", "number", name=op.f("uq_rab_line_grant_id_number")),
    )
    op.create_table(
        "hand_over",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("handed_over_on", sa.Date(), nullable=False),
        sa.Column("witnesses", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["grant_id"], ["goods_grant.id"], name=op.f("fk_hand_over_grant_id")),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name=op.f("fk_hand_over_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
        sa.UniqueConstraint("grant_id", "number", name=op.f("uq_hand_over_grant_id_number")),
    )
    op.create_index(
        "uq_hand_over_draft", "hand_over", ["grant_id"], unique=True, postgresql_where=sa.text("signed_at IS NULL")
    )
    op.create_table(
        "rab_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rab_line_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("quantity_before", sa.Integer(), nullable=False),
        sa.Column("unit_price_before", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("approved_by <> proposed_by", name=op.f("ck_rab_change_who_proposes_does_not_approve")),
        sa.CheckConstraint("quantity > 0 AND unit_price > 0", name=op.f("ck_rab_change_positive")),
        sa.ForeignKeyConstraint(["rab_line_id"], ["rab_line.id"], name=op.f("fk_rab_change_rab_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rab_change")),
    )
    op.create_index(
        "uq_rab_change_waiting",
        "rab_change",
        ["rab_line_id"],
        unique=True,
        postgresql_where=sa.text("approved_at IS NULL"),
    )
    op.create_table(
        "hand_over_line",
        sa.Column("hand_over_id", sa.Uuid(), nullable=False),
        sa.Column("rab_line_id", sa.Uuid(), nullable=False),
        sa.Column(
            "condition",
            sa.Enum(
                "as-agreed",
                "short",
                "damaged",
                "refused",
                name="goods_condition",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("serial", sa.String(), nullable=True),
        sa.Column("photo", sa.String(), nullable=True),
        sa.CheckConstraint(
            "quantity >= 0 AND unit_price > 0 AND (condition <> 'refused' OR quantity = 0)",
            name=op.f("ck_hand_over_line_plausible"),
        ),
        sa.ForeignKeyConstraint(
            ["hand_over_id"], ["hand_over.id"], name=op.f("fk_hand_over_line_hand_over_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["rab_line_id"], ["rab_line.id"], name=op.f("fk_hand_over_line_rab_line_id")),
        sa.PrimaryKeyConstraint("hand_over_id", "rab_line_id", name=op.f("pk_hand_over_line")),
    )
    op.execute(CLOCK)
    op.execute("INSERT INTO domain_clock (one, ahead) VALUES (true, interval '0')")


def downgrade() -> None:
    op.execute("DROP FUNCTION kail_now()")
    op.drop_table("hand_over_line")
    op.drop_index("uq_rab_change_waiting", table_name="rab_change", postgresql_where=sa.text("approved_at IS NULL"))
    op.drop_table("rab_change")
    op.drop_index("uq_hand_over_draft", table_name="hand_over", postgresql_where=sa.text("signed_at IS NULL"))
    op.drop_table("hand_over")
    op.drop_table("rab_line")
    op.drop_index("uq_purchase_order_placed", table_name="purchase_order", postgresql_where=sa.text("state = 'placed'"))
    op.drop_table("purchase_order")
    op.drop_index("ix_fund_entry_grant", table_name="fund_entry")
    op.drop_index("ix_fund_entry_fund", table_name="fund_entry")
    op.drop_table("fund_entry")
    op.drop_index(op.f("ix_decision_grant_id"), table_name="decision")
    op.drop_table("decision")
    op.drop_table("account_report")
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
    op.drop_table("goods_grant")
    op.drop_table("fund")
    op.drop_table("event_log_head")
    op.drop_index("uq_event_log_position", table_name="event_log")
    op.drop_index("ix_event_log_unnumbered", table_name="event_log", postgresql_where=sa.text("position IS NULL"))
    op.drop_index("ix_event_log_sealed", table_name="event_log", postgresql_where=sa.text("sealed IS NOT NULL"))
    op.drop_table("event_log")
    op.drop_table("early_withdrawal")
    op.drop_table("domain_clock")
    op.drop_table("cursor")
