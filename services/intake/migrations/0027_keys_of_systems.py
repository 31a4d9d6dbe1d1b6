"""Keys by which the systems of offices sign in, and the sessions that they begin.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

BEFORE = (
    *("opened", "invited", "changed", "suspended", "resumed", "closed", "reset", "link-made", "link-used", "confirmed"),
    *("password-changed", "contact-changed", "second-step-enrolled", "second-step-removed"),
)


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("request", sa.Text(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("cardinality(scopes) > 0", name=op.f("ck_api_key_allows_something")),
        sa.ForeignKeyConstraint(["account_id"], ["officer_account.id"], name=op.f("fk_api_key_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("public", name=op.f("uq_api_key_public")),
        sa.UniqueConstraint("account_id", "request", name=op.f("uq_api_key_account_id_request")),
    )
    op.create_index(op.f("ix_api_key_account_id"), "api_key", ["account_id"], unique=False)
    op.add_column("officer_session", sa.Column("key_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_officer_session_key_id"), "officer_session", ["key_id"], unique=False)
    _allow((*BEFORE, "key-issued", "key-revoked"))


def downgrade() -> None:
    op.execute("DELETE FROM account_line WHERE what IN ('key-issued', 'key-revoked')")
    _allow(BEFORE)
    op.drop_index(op.f("ix_officer_session_key_id"), table_name="officer_session")
    op.drop_column("officer_session", "key_id")
    op.drop_index(op.f("ix_api_key_account_id"), table_name="api_key")
    op.drop_table("api_key")


def _allow(what: tuple[str, ...]) -> None:
    """Let a line of the log of accounts say one of these."""
    name = op.f("ck_account_line_account_what")
    op.drop_constraint(name, "account_line", type_="check")
    said = ", ".join(f"'{each}'" for each in what)
    op.create_check_constraint(name, "account_line", f"what IN ({said})")
