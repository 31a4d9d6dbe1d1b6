"""Women who are counted once.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op


revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

KNOWN = """
UPDATE journey_figure SET subject_id = known.subject_id
FROM (SELECT DISTINCT ON (journey_id) journey_id, subject_id FROM referral ORDER BY journey_id, id) AS known
WHERE known.journey_id = journey_figure.id
"""
"""Whose journey it is, where monitoring had a stage of it. `kail replay monitoring` tells it of all others."""

SUMMED_ANEW = """
INSERT INTO touched_journey (journey_id)
SELECT id FROM (
    SELECT figure.id, count(*) OVER (PARTITION BY coalesce(record.person_id, figure.subject_id)) AS journeys
    FROM journey_figure AS figure LEFT JOIN person_record AS record ON record.record_id = figure.subject_id
    WHERE figure.subject_id IS NOT NULL
) AS counted
WHERE journeys > 1
"""
"""Whoever is on more than one journey is counted once from now on."""


def upgrade() -> None:
    op.create_table(
        "tally_repeated",
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("cohort", sa.Date(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("carried", sa.Integer(), nullable=False),
        sa.Column("journeys", sa.BigInteger(), nullable=False),
        postgresql_with={"fillfactor": 70},
    )
    op.create_index(
        "uq_tally_repeated",
        "tally_repeated",
        ["programme", "version", "area", "cohort", "generation", "standing", "subject", "carried"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.add_column("journey_figure", sa.Column("subject_id", sa.Uuid(), nullable=True))
    op.add_column("journey_standing", sa.Column("subject", sa.Uuid(), nullable=True))
    op.execute(KNOWN)
    with op.get_context().autocommit_block():
        op.create_index("ix_journey_figure_subject", "journey_figure", ["subject_id"], postgresql_concurrently=True)
    op.execute(SUMMED_ANEW)


def downgrade() -> None:
    op.drop_column("journey_standing", "subject")
    op.drop_index("ix_journey_figure_subject", table_name="journey_figure")
    op.drop_column("journey_figure", "subject_id")
    op.drop_index("uq_tally_repeated", table_name="tally_repeated", postgresql_nulls_not_distinct=True)
    op.drop_table("tally_repeated")
