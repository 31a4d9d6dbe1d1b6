"""What a fund lent and got back, apart from what it gave."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("lent", "repaid"):
        op.add_column("fund_figure", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    for name in ("repaid", "lent"):
        op.drop_column("fund_figure", name)
