"""A visit notes on whose approval goods were passed on or sold, and is flagged where there was none."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APPROVED = "ck_visit_only_sales_are_approved"


def upgrade() -> None:
    op.add_column("visit", sa.Column("approval", sa.String(), nullable=True))
    op.add_column("visit", sa.Column("is_flagged", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_check_constraint(op.f(APPROVED), "visit", "approval IS NULL OR goods = 'sold'")
    op.create_index("ix_visit_is_flagged", "visit", ["referral_id"], postgresql_where=sa.text("is_flagged"))


def downgrade() -> None:
    op.drop_index("ix_visit_is_flagged", "visit")
    op.drop_constraint(op.f(APPROVED), "visit", type_="check")
    for name in ("is_flagged", "approval"):
        op.drop_column("visit", name)
