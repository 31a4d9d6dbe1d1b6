"""What each office last did, and closed stages by office."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "office_word",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("office", name=op.f("pk_office_word")),
    )
    op.execute(
        "INSERT INTO office_word SELECT DISTINCT ON (office) office, agency, type, happened_at, id FROM timeline_entry "
        "WHERE office IS NOT NULL AND type IN ('referral-accepted', 'referral-reassigned', 'referral-completed', "
        "'referral-declined', 'referral-returned', 'visit-recorded') ORDER BY office, happened_at DESC, id DESC"
    )
    op.create_index(
        "ix_stage_standing_closed",
        "stage_standing",
        ["office", "closed_in", "turn"],
        postgresql_where=sa.text("closed_in IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_stage_standing_closed", "stage_standing")
    op.drop_table("office_word")
