"""Tasks and questions counted anew.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

SUMMED_ANEW = """
INSERT INTO touched_journey (journey_id)
SELECT id FROM journey_figure
WHERE EXISTS (SELECT FROM calendar_decree AS decree
              WHERE journey_figure.area = decree.region OR starts_with(journey_figure.area, decree.region || '.'))
"""
"""How long offices took counts working days of a journey's area from now on, where decrees are known."""


def upgrade() -> None:
    op.add_column(
        "coordinator_ask",
        sa.Column("rescheduled", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    )
    op.add_column("meeting_task", sa.Column("chosen_on", sa.Date(), nullable=True))
    op.add_column("meeting_task", sa.Column("counted_from", sa.Date(), nullable=True))
    op.add_column("meeting_task", sa.Column("working_days", sa.Integer(), nullable=True))
    op.add_column(
        "meeting_task",
        sa.Column("rescheduled", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    )

    op.execute(SUMMED_ANEW)


def downgrade() -> None:
    op.drop_column("meeting_task", "rescheduled")
    op.drop_column("meeting_task", "working_days")
    op.drop_column("meeting_task", "counted_from")
    op.drop_column("meeting_task", "chosen_on")
    op.drop_column("coordinator_ask", "rescheduled")
