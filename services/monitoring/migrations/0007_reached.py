"""Who came how far, by the month in which they set out, and since when open stages wait: counted like all the rest.

A migration is written once and never edited after release. What stages count as is said anew of every journey: they are
noted as touched, and summed by the bell, some at a time.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OPEN = sa.text("due_at IS NOT NULL")
STAGE_KEY = (
    *("programme", "version", "area", "stage", "agency", "office", "sender_office", "standing"),
    *("outcome", "reason", "remind_on", "due_on"),
)
REACHED_KEY = ("programme", "version", "area", "stage", "cohort")


def upgrade() -> None:
    _count_anew()
    op.add_column("stage_standing", sa.Column("cohort", sa.Date(), nullable=False))
    op.add_column("stage_standing", sa.Column("offered_on", sa.Date(), nullable=True))
    op.create_index("ix_stage_standing_red", "stage_standing", ["due_at", "turn"], postgresql_where=OPEN)
    op.create_index("ix_stage_standing_owed", "stage_standing", ["office", "due_at", "turn"], postgresql_where=OPEN)
    op.add_column("tally_stage", sa.Column("offered_on", sa.Date(), nullable=True))
    _key("tally_stage", (*STAGE_KEY, "offered_on"))
    op.create_table(
        "tally_reached",
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("cohort", sa.Date(), nullable=False),
        sa.Column("journeys", sa.BigInteger(), nullable=False),
        postgresql_with={"fillfactor": 70},
    )
    op.create_index(
        "uq_tally_reached", "tally_reached", list(REACHED_KEY), unique=True, postgresql_nulls_not_distinct=True
    )


def downgrade() -> None:
    _count_anew()
    op.drop_table("tally_reached")
    op.drop_index("uq_tally_stage", "tally_stage")
    op.drop_column("tally_stage", "offered_on")
    op.create_index("uq_tally_stage", "tally_stage", list(STAGE_KEY), unique=True, postgresql_nulls_not_distinct=True)
    op.drop_index("ix_stage_standing_owed", "stage_standing")
    op.drop_index("ix_stage_standing_red", "stage_standing")
    op.drop_column("stage_standing", "offered_on")
    op.drop_column("stage_standing", "cohort")


def _key(table: str, names: tuple[str, ...]) -> None:
    op.drop_index(f"uq_{table}", table)
    op.create_index(f"uq_{table}", table, list(names), unique=True, postgresql_nulls_not_distinct=True)


def _count_anew() -> None:
    op.execute("TRUNCATE stage_standing, tally_stage, tally_passage, tally_promise")
    op.execute("INSERT INTO touched_journey (journey_id) SELECT id FROM journey_figure")
