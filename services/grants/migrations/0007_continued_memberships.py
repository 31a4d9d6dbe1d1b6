"""Who comes back to a cooperative goes on as its member.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ONCE = "uq_cooperative_member_subject"
MEMBERS = "state IN ('joined', 'formed')"


def upgrade() -> None:
    op.add_column("cooperative_member", sa.Column("continues", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_cooperative_member_continues"), "cooperative_member", "cooperative_member", ["continues"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_cooperative_member_pokok_is_paid_once"), "cooperative_member", "continues IS NULL OR pokok = 0"
    )
    op.drop_index(ONCE, table_name="cooperative_member")
    op.create_index(
        ONCE,
        "cooperative_member",
        ["subject_id", "cooperative_id"],
        unique=True,
        postgresql_where=sa.text(f"{MEMBERS} AND continues IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(ONCE, table_name="cooperative_member")
    op.create_index(
        ONCE, "cooperative_member", ["cooperative_id", "subject_id"], unique=True, postgresql_where=sa.text(MEMBERS)
    )
    op.drop_constraint(op.f("ck_cooperative_member_pokok_is_paid_once"), "cooperative_member", type_="check")
    op.drop_constraint(op.f("fk_cooperative_member_continues"), "cooperative_member", type_="foreignkey")
    op.drop_column("cooperative_member", "continues")
