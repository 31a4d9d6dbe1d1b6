"""The newest journeys of all programmes, and the latest passages of one, by an index.

A migration is written once and never edited after release. Both indexes are built while deliveries go on.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_journey_figure_newest", "journey_figure", ["opened_at", "id"], postgresql_concurrently=True)
        op.create_index(
            "ix_tally_passage_read", "tally_passage", ["programme", "version", "day"], postgresql_concurrently=True
        )


def downgrade() -> None:
    op.drop_index("ix_tally_passage_read", "tally_passage")
    op.drop_index("ix_journey_figure_newest", "journey_figure")
