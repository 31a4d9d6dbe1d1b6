"""What the offices of a journey are told of how to reach somebody.

A migration is written once and never edited after release.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("journey", sa.Column("contact", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("journey", "contact")
