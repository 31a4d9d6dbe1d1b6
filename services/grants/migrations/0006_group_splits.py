"""Groups that split, and how the goods of their grants were divided."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "group_split",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("parts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("split_on", sa.Date(), nullable=False),
        sa.Column("berita_acara", sa.LargeBinary(), nullable=True),
        sa.Column("names", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_split")),
    )
    op.create_index("ix_group_split_group_id", "group_split", ["group_id"])
    op.create_table(
        "goods_division",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("split_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("berita_acara", sa.String(), nullable=False),
        sa.Column("divided_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["grant_id"], ["goods_grant.id"], name=op.f("fk_goods_division_grant_id")),
        sa.ForeignKeyConstraint(["split_id"], ["group_split.id"], name=op.f("fk_goods_division_split_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_division")),
        sa.UniqueConstraint("grant_id", "split_id", name=op.f("uq_goods_division_grant_id_split_id")),
    )
    op.create_table(
        "goods_share",
        sa.Column("division_id", sa.Uuid(), nullable=False),
        sa.Column("rab_line_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_goods_share_not_negative")),
        sa.ForeignKeyConstraint(["division_id"], ["goods_division.id"], name=op.f("fk_goods_share_division_id")),
        sa.ForeignKeyConstraint(["rab_line_id"], ["rab_line.id"], name=op.f("fk_goods_share_rab_line_id")),
        sa.PrimaryKeyConstraint("division_id", "rab_line_id", "group_id", name=op.f("pk_goods_share")),
    )


def downgrade() -> None:
    op.drop_table("goods_share")
    op.drop_table("goods_division")
    op.drop_table("group_split")
