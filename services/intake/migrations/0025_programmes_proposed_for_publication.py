"""Programmes proposed for publication.

A migration is written once and never edited after release. It must work while the old code still runs: add before
use, remove a release later; a new index on a large table goes CONCURRENTLY in a migration of its own.
"""

import sqlalchemy as sa
from alembic import op


revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "programme_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("trial_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "published",
                "refused",
                "taken-back",
                name="proposalstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_name", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_name", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("file", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(state = 'refused') = (reason IS NOT NULL)", name=op.f("ck_programme_proposal_refused_with_a_reason")
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)", name=op.f("ck_programme_proposal_decided_at_a_moment")
        ),
        sa.CheckConstraint(
            "state <> 'published' OR decided_by <> proposed_by",
            name=op.f("ck_programme_proposal_never_published_alone"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(decided_at, decided_by, decided_name) IN (0, 3)",
            name=op.f("ck_programme_proposal_decided_by_somebody"),
        ),
        sa.ForeignKeyConstraint(["trial_id"], ["programme_trial.id"], name=op.f("fk_programme_proposal_trial_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_proposal")),
    )
    op.create_index(
        "uq_programme_proposal_waiting",
        "programme_proposal",
        ["programme", "version"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_programme_proposal_waiting", table_name="programme_proposal", postgresql_where=sa.text("state = 'waiting'")
    )
    op.drop_table("programme_proposal")
