"""The number of a journey, read off its identifier, and held apart from every other from now on.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op


revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

NUMBER = """
CREATE FUNCTION kail_journey_number(id uuid) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT lpad((('x' || right(replace(id::text, '-', ''), 12))::bit(48)::bigint % 1000000000)::text, 9, '0') $$
"""
SHARED = """
UPDATE journey SET shares_number = true
FROM (SELECT id, row_number() OVER (PARTITION BY kail_journey_number(id) ORDER BY id) AS place FROM journey) AS numbered
WHERE numbered.id = journey.id AND numbered.place > 1
"""


def upgrade() -> None:
    op.execute(NUMBER)
    op.add_column("journey", sa.Column("shares_number", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.execute(SHARED)
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_referral_number", "referral", [sa.text("kail_journey_number(journey_id)")], postgresql_concurrently=True
        )
        op.create_index(
            "ix_journey_number", "journey", [sa.text("kail_journey_number(id)")], postgresql_concurrently=True
        )
        op.create_index(
            "uq_journey_number",
            "journey",
            [sa.text("kail_journey_number(id)")],
            unique=True,
            postgresql_where=sa.text("NOT shares_number"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.drop_index("uq_journey_number", table_name="journey", postgresql_where=sa.text("NOT shares_number"))
    op.drop_index("ix_journey_number", table_name="journey")
    op.drop_index("ix_referral_number", table_name="referral")
    op.drop_column("journey", "shares_number")
    op.execute("DROP FUNCTION kail_journey_number(uuid)")
