"""Which groups are frozen."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "group_freeze",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mend_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mended", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_group_freeze")),
    )


def downgrade() -> None:
    op.drop_table("group_freeze")
