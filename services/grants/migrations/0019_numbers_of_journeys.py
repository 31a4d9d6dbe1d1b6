"""The number of a journey, read off its identifier: it finds every referral, those that are there already, too.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op


revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

NUMBER = """
CREATE FUNCTION kail_journey_number(id uuid) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT lpad((('x' || right(replace(id::text, '-', ''), 12))::bit(48)::bigint % 1000000000)::text, 9, '0') $$
"""


def upgrade() -> None:
    op.execute(NUMBER)
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_referral_number", "referral", [sa.text("kail_journey_number(journey_id)")], postgresql_concurrently=True
        )


def downgrade() -> None:
    op.drop_index("ix_referral_number", table_name="referral")
    op.execute("DROP FUNCTION kail_journey_number(uuid)")
