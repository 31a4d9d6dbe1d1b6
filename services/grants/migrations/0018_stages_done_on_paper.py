"""Stages done on paper.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op


revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paper_payment",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_paper_payment_something_was_given")),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_paper_payment")),
    )
    op.create_index("ix_paper_payment_fund", "paper_payment", ["fund_id"], unique=False)
    op.add_column("goods_grant", sa.Column("on_paper", sa.Date(), nullable=True))
    op.add_column("goods_grant", sa.Column("paper", sa.String(), nullable=True))
    op.add_column("referral", sa.Column("on_paper", sa.Date(), nullable=True))
    op.add_column("referral", sa.Column("paper", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("referral", "paper")
    op.drop_column("referral", "on_paper")
    op.drop_column("goods_grant", "paper")
    op.drop_column("goods_grant", "on_paper")
    op.drop_index("ix_paper_payment_fund", table_name="paper_payment")
    op.drop_table("paper_payment")
