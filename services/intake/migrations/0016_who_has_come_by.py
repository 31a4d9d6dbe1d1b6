"""Which officers have come by, so that a colleague can be named.

A migration is written once and never edited after release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_officer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("areas", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_officer")),
    )
    op.create_index("ix_known_officer_office", "known_officer", ["office", "seen_on"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_known_officer_office", table_name="known_officer")
    op.drop_table("known_officer")
