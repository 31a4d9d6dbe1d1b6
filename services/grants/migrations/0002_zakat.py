"""Zakat cases and loans; the fund's ledger tells loans from grants."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CHECKS = {
    ("fund", "ck_fund_within_the_ceiling"): (
        "reserved + committed + realised <= ceiling",
        "reserved + committed + realised + lent <= ceiling",
    ),
    ("fund", "ck_fund_never_negative"): (
        "ceiling > 0 AND reserved >= 0 AND committed >= 0 AND realised >= 0 AND returned >= 0",
        "ceiling > 0 AND reserved >= 0 AND committed >= 0 AND realised >= 0 AND returned >= 0 AND lent >= 0 AND repaid >= 0",
    ),
    ("fund_entry", "ck_fund_entry_parts_fit_the_move"): (
        "amount > 0 AND CASE move WHEN 'reserve' THEN (reserved, committed, realised, returned) = (amount, 0, 0, 0) WHEN 'commit' THEN (committed, realised, returned) = (amount, 0, 0) AND reserved <= 0 WHEN 'realise' THEN (reserved, committed, realised, returned) = (0, -amount, amount, 0) WHEN 'return' THEN (reserved, committed, realised, returned) = (0, 0, -amount, amount) ELSE reserved + committed = -amount AND reserved <= 0 AND committed <= 0 AND realised = 0 AND returned = 0 END",
        "amount > 0 AND CASE move WHEN 'reserve' THEN (reserved, committed, realised, returned, lent, repaid) = (amount, 0, 0, 0, 0, 0) WHEN 'commit' THEN (committed, realised, returned, lent, repaid) = (amount, 0, 0, 0, 0) AND reserved <= 0 WHEN 'realise' THEN (reserved, committed, realised, returned, lent, repaid) = (0, -amount, amount, 0, 0, 0) WHEN 'return' THEN (reserved, committed, realised, returned, lent, repaid) = (0, 0, -amount, amount, 0, 0) WHEN 'lend' THEN (reserved, committed, realised, returned, lent, repaid) = (0, -amount, 0, 0, amount, 0) WHEN 'repay' THEN (reserved, committed, realised, returned, lent, repaid) = (0, 0, 0, 0, -amount, amount) ELSE reserved + committed = -amount AND reserved <= 0 AND committed <= 0 AND (realised, returned, lent, repaid) = (0, 0, 0, 0) END",
    ),
    ("fund_entry", "ck_fund_entry_fund_move"): (
        "move IN ('reserve', 'commit', 'realise', 'release', 'return', 'lapse')",
        "move IN ('reserve', 'commit', 'realise', 'release', 'return', 'lend', 'repay', 'lapse')",
    ),
}


def upgrade() -> None:
    for table in ("fund", "fund_entry"):
        for name in ("lent", "repaid"):
            op.add_column(table, sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
    purposes = sa.Enum(
        "goods", "zakat", "loan", name="fund_purpose", native_enum=False, create_constraint=True, length=40
    )
    op.add_column("fund_entry", sa.Column("purpose", purposes, server_default="goods", nullable=False))
    for (table, name), (_before, after) in CHECKS.items():
        op.drop_constraint(op.f(name), table, type_="check")
        op.create_check_constraint(op.f(name), table, after)
    op.create_table(
        "loan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "lender",
            sa.Enum("zakat", "cooperative", name="loan_lender", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column(
            "subject_kind",
            sa.Enum("person", "group", name="loan_subject_kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.String(), nullable=False),
        sa.Column("principal", sa.BigInteger(), nullable=False),
        sa.Column("repaid", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("lent_on", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "principal > 0 AND repaid BETWEEN 0 AND principal", name=op.f("ck_loan_never_more_back_than_lent")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan")),
        sa.UniqueConstraint("referral_id", name=op.f("uq_loan_referral_id")),
    )
    op.create_index("ix_loan_office", "loan", ["office", "lent_on", "id"], unique=False)
    op.create_index(
        "ix_loan_running", "loan", ["office", "id"], unique=False, postgresql_where=sa.text("repaid < principal")
    )
    op.create_table(
        "zakat_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column(
            "subject_kind",
            sa.Enum("person", "group", name="zakat_subject_kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "assessed",
                "granted",
                "lent",
                "refused",
                "withdrawn",
                name="zakat_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("income", sa.BigInteger(), nullable=True),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("members", sa.Integer(), nullable=True),
        sa.Column("line", sa.BigInteger(), nullable=True),
        sa.Column("line_source", sa.LargeBinary(), nullable=True),
        sa.Column(
            "asnaf",
            sa.Enum(
                "fakir",
                "miskin",
                "amil",
                "muallaf",
                "riqab",
                "gharimin",
                "fisabilillah",
                "ibnu-sabil",
                name="asnaf",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("group_members", sa.Integer(), nullable=True),
        sa.Column(
            "form",
            sa.Enum("grant", "qardhul-hasan", name="zakat_form", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("instalments", sa.Integer(), nullable=True),
        sa.Column("first_due", sa.Date(), nullable=True),
        sa.Column("assessed_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("document", sa.String(), nullable=True),
        sa.Column("handed_over_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state <> 'granted' OR form = 'grant') AND (state <> 'lent' OR form = 'qardhul-hasan')",
            name=op.f("ck_zakat_case_a_loan_is_not_a_grant"),
        ),
        sa.CheckConstraint("state <> 'refused' OR reason IS NOT NULL", name=op.f("ck_zakat_case_refused_for_a_reason")),
        sa.CheckConstraint(
            "state IN ('open', 'withdrawn') OR num_nonnulls(income, households, members, line, asnaf, assessed_by) = 6",
            name=op.f("ck_zakat_case_assessed_before_decided"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('granted', 'lent') OR (amount > 0 AND num_nonnulls(form, document, handed_over_on, decided_by, decided_on) = 5)",
            name=op.f("ck_zakat_case_handed_over_with_a_document"),
        ),
        sa.CheckConstraint("(form IS NULL) = (amount IS NULL)", name=op.f("ck_zakat_case_so_much_in_a_form")),
        sa.CheckConstraint("decided_by <> assessed_by", name=op.f("ck_zakat_case_who_assesses_does_not_decide")),
        sa.CheckConstraint(
            "income >= 0 AND households > 0 AND members >= households AND line > 0",
            name=op.f("ck_zakat_case_plausible"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zakat_case")),
        sa.UniqueConstraint("referral_id", name=op.f("uq_zakat_case_referral_id")),
    )
    op.create_index("ix_zakat_case_office", "zakat_case", ["office", "id"], unique=False)
    op.create_table(
        "loan_instalment",
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0 AND number >= 1", name=op.f("ck_loan_instalment_positive")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_loan_instalment_loan_id")),
        sa.PrimaryKeyConstraint("loan_id", "number", name=op.f("pk_loan_instalment")),
    )
    op.create_table(
        "loan_repayment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("receipt", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_loan_repayment_positive")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_loan_repayment_loan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_repayment")),
        sa.UniqueConstraint("loan_id", "receipt", name=op.f("uq_loan_repayment_loan_id_receipt")),
    )


def downgrade() -> None:
    op.drop_table("loan_repayment")
    op.drop_table("loan_instalment")
    op.drop_index("ix_zakat_case_office", table_name="zakat_case")
    op.drop_table("zakat_case")
    op.drop_index("ix_loan_office", table_name="loan")
    op.drop_index("ix_loan_running", table_name="loan", postgresql_where=sa.text("repaid < principal"))
    op.drop_table("loan")
    for (table, name), (before, _after) in CHECKS.items():
        op.drop_constraint(op.f(name), table, type_="check")
        op.create_check_constraint(op.f(name), table, before)
    op.drop_column("fund_entry", "purpose")
    for table in ("fund_entry", "fund"):
        for name in ("repaid", "lent"):
            op.drop_column(table, name)
