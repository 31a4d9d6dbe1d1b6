"""From which group another one split."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("business_group", sa.Column("split_from", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_business_group_split_from"), "business_group", "business_group", ["split_from"], ["id"]
    )
    op.create_index(
        "ix_business_group_split_from",
        "business_group",
        ["split_from"],
        postgresql_where=sa.text("split_from IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_column("business_group", "split_from")
