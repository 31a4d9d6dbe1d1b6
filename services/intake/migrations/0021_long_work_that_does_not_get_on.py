"""How often an import and a trial were taken up since they last got on; an import can fail.

A migration is written once and never edited after release.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

STATE = "ck_import_run_importstate"


def upgrade() -> None:
    for table in ("import_run", "programme_trial"):
        op.add_column(table, sa.Column("tries", sa.Integer(), server_default="0", nullable=False))
    op.drop_constraint(op.f(STATE), "import_run", type_="check")
    op.create_check_constraint(op.f(STATE), "import_run", "state IN ('waiting', 'running', 'done', 'failed')")


def downgrade() -> None:
    op.execute("UPDATE import_run SET state = 'waiting', finished_at = NULL WHERE state = 'failed'")
    op.drop_constraint(op.f(STATE), "import_run", type_="check")
    op.create_check_constraint(op.f(STATE), "import_run", "state IN ('waiting', 'running', 'done')")
    for table in ("import_run", "programme_trial"):
        op.drop_column(table, "tries")
