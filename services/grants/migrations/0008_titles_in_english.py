"""Funds may be called something in English, too."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("fund", sa.Column("title_en", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("fund", "title_en")
