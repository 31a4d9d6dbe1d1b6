"""A death that was noted by mistake can be undone: what had followed from it, by whom and why."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("death", sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False))
    op.alter_column("death", "id", server_default=None)
    op.drop_constraint(op.f("pk_death"), "death", type_="primary")
    op.create_primary_key(op.f("pk_death"), "death", ["id"])
    # Of deaths that were noted before, nobody wrote down which journeys they ended.
    nothing = sa.text("'[]'::jsonb")
    op.add_column(
        "death",
        sa.Column("journeys", postgresql.JSONB(astext_type=sa.Text()), server_default=nothing, nullable=False),
    )
    op.alter_column("death", "journeys", server_default=None)
    op.add_column("death", sa.Column("group_id", sa.Uuid(), nullable=True))
    op.add_column("death", sa.Column("undone_by", sa.Uuid(), nullable=True))
    op.add_column("death", sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("death", sa.Column("undone_because", sa.LargeBinary(), nullable=True))
    op.create_check_constraint(
        op.f("ck_death_undone_with_reason"), "death", "num_nulls(undone_at, undone_by, undone_because) IN (0, 3)"
    )
    op.create_check_constraint(op.f("ck_death_who_notes_does_not_undo"), "death", "undone_by <> noted_by")
    op.create_index(
        "uq_death_person_id", "death", ["person_id"], unique=True, postgresql_where=sa.text("undone_at IS NULL")
    )


def downgrade() -> None:
    op.execute("DELETE FROM death WHERE undone_at IS NOT NULL")
    op.drop_index("uq_death_person_id", "death")
    for name in ("undone_because", "undone_at", "undone_by", "group_id", "journeys"):
        op.drop_column("death", name)
    op.drop_constraint(op.f("pk_death"), "death", type_="primary")
    op.drop_column("death", "id")
    op.create_primary_key(op.f("pk_death"), "death", ["person_id"])
