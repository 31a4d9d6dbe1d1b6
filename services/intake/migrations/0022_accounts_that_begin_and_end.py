"""Accounts that are invited, changed, suspended and closed, their one-time links and their log.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

CHECKS = {
    "account_state": "state IN ('invited', 'active', 'suspended', 'closed')",
    "who_decides_does_not_audit": "NOT roles @> ARRAY['approver', 'auditor']::text[]",
    "who_answers_does_not_audit": "NOT roles @> ARRAY['head', 'auditor']::text[]",
    "who_works_does_not_audit": "NOT roles @> ARRAY['officer', 'auditor']::text[]",
    "who_gives_rights_does_not_audit": "NOT roles @> ARRAY['administrator', 'auditor']::text[]",
    "who_gives_rights_does_not_read_cases": "NOT roles @> ARRAY['administrator', 'counsellor']::text[]",
    "who_gives_rights_does_not_decide": "NOT roles @> ARRAY['administrator', 'approver']::text[]",
    "no_password_no_account": "state NOT IN ('invited', 'closed') OR password_hash IS NULL",
}
"""Where one of these fails, somebody holds two roles that exclude each other: take one from her first."""


def upgrade() -> None:
    op.create_table(
        "account_line",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("about", sa.Uuid(), nullable=False),
        sa.Column(
            "what",
            sa.Enum(
                "opened",
                "invited",
                "changed",
                "suspended",
                "resumed",
                "closed",
                "reset",
                "link-made",
                "link-used",
                "confirmed",
                "password-changed",
                "contact-changed",
                "second-step-enrolled",
                "second-step-removed",
                name="account_what",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_account_line")),
    )
    op.create_index("ix_account_line_about", "account_line", ["about", "seq"], unique=False)
    op.create_table(
        "account_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum("invitation", "reset", name="link_purpose", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["officer_account.id"], name=op.f("fk_account_link_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_link")),
        sa.UniqueConstraint("hash", name=op.f("uq_account_link_hash")),
    )
    op.create_index(op.f("ix_account_link_account_id"), "account_link", ["account_id"], unique=False)
    op.create_index(
        "uq_account_link_open",
        "account_link",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("used_at IS NULL AND revoked_at IS NULL"),
    )
    op.add_column(
        "officer_account",
        sa.Column("must_change_password", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column(
        "officer_account",
        sa.Column(
            "state",
            sa.Enum("invited", "active", "suspended", "closed", name="account_state", native_enum=False, length=40),
            server_default=sa.text("'active'"),
            nullable=False,
        ),
    )
    op.add_column("officer_account", sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("officer_account", sa.Column("phone", sa.LargeBinary(), nullable=True))
    op.add_column("officer_account", sa.Column("email", sa.LargeBinary(), nullable=True))
    op.add_column("officer_account", sa.Column("last_signed_in_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "officer_account", sa.Column("reviewed_on", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False)
    )
    op.add_column("officer_account", sa.Column("reviewed_by", sa.Uuid(), nullable=True))
    op.alter_column("officer_account", "password_hash", existing_type=sa.TEXT(), nullable=True)
    op.execute("UPDATE officer_account SET state = 'suspended' WHERE NOT active")
    # Code that still runs may read it; it follows the state from now on.
    op.drop_column("officer_account", "active")
    op.add_column(
        "officer_account",
        sa.Column("active", sa.Boolean(), sa.Computed("state = 'active'", persisted=True), nullable=False),
    )
    for name, holds in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_officer_account_{name}"), "officer_account", holds)


def downgrade() -> None:
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_officer_account_{name}"), "officer_account", type_="check")
    op.drop_column("officer_account", "active")
    op.add_column("officer_account", sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.execute("UPDATE officer_account SET active = state = 'active', password_hash = coalesce(password_hash, '')")
    op.alter_column("officer_account", "password_hash", existing_type=sa.TEXT(), nullable=False)
    op.drop_column("officer_account", "reviewed_by")
    op.drop_column("officer_account", "reviewed_on")
    op.drop_column("officer_account", "last_signed_in_at")
    op.drop_column("officer_account", "email")
    op.drop_column("officer_account", "phone")
    op.drop_column("officer_account", "revision")
    op.drop_column("officer_account", "state")
    op.drop_column("officer_account", "must_change_password")
    op.drop_index(
        "uq_account_link_open",
        table_name="account_link",
        postgresql_where=sa.text("used_at IS NULL AND revoked_at IS NULL"),
    )
    op.drop_index(op.f("ix_account_link_account_id"), table_name="account_link")
    op.drop_table("account_link")
    op.drop_index("ix_account_line_about", table_name="account_line")
    op.drop_table("account_line")
