"""Standings and tallies: what each journey counts as, and how many of each there are."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PLACE = ("programme", "version", "area")
TALLIES = {
    "tally_journey": (*PLACE, "subject_kind", "cohort", "generation", "standing", "because?"),
    "tally_stage": (
        *(*PLACE, "stage", "agency?", "office?", "sender_office?", "standing"),
        *("outcome?", "reason?", "remind_on?", "due_on?"),
    ),
    "tally_passage": (*PLACE, "stage", "via?", "day"),
    "tally_promise": (*PLACE, "agency", "office", "stage", "month", "closed_as", "kept", "working_days"),
    "tally_visit": (*PLACE, "month", "condition"),
    "tally_place": PLACE,
}
COUNTS = {
    "tally_promise": ("referrals",),
    "tally_journey": ("journeys", "members"),
    "tally_place": ("journeys", "members"),
}
TYPES = {
    "version": sa.Integer,
    "generation": sa.Integer,
    "cohort": sa.Date,
    "remind_on": sa.Date,
    "due_on": sa.Date,
    "day": sa.Date,
    "kept": sa.Boolean,
    "working_days": sa.SmallInteger,
}


def upgrade() -> None:
    op.create_index("ix_journey_figure_place", "journey_figure", PLACE)
    op.create_index(
        "ix_journey_figure_ended",
        "journey_figure",
        ["programme", "version", "outcome", "opened_at", "id"],
        postgresql_where=sa.text("outcome IS NOT NULL"),
    )
    op.create_index(
        "ix_journey_figure_recruited",
        "journey_figure",
        ["parent_journey_id"],
        postgresql_where=sa.text("parent_journey_id IS NOT NULL"),
    )
    op.create_table(
        "touched_journey",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_touched_journey")),
    )
    _create_standings()
    for name, key in TALLIES.items():
        counts = COUNTS.get(name, ("journeys",))
        op.create_table(
            name,
            *(_column(name, each) for each in key),
            *(sa.Column(each, sa.BigInteger(), nullable=False) for each in counts),
            postgresql_with={"fillfactor": 70},
        )
        op.create_index(
            f"uq_{name}", name, [each.rstrip("?") for each in key], unique=True, postgresql_nulls_not_distinct=True
        )
    op.execute("INSERT INTO touched_journey (journey_id) SELECT id FROM journey_figure")


def downgrade() -> None:
    for name in (*TALLIES, "visit_standing", "stage_standing", "journey_standing", "touched_journey"):
        op.drop_table(name)
    for name in ("recruited", "ended", "place"):
        op.drop_index(f"ix_journey_figure_{name}", "journey_figure")


def _column(table: str, name: str) -> sa.Column:
    plain = name.rstrip("?")
    kind = TYPES.get(plain, sa.String)
    if plain == "month":
        kind = sa.Integer if table == "tally_visit" else sa.Date
    return sa.Column(plain, kind(), nullable=name.endswith("?"))


def _create_standings() -> None:
    op.create_table(
        "journey_standing",
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("cohort", sa.Date(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("because", sa.String(), nullable=True),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("journey_id", name=op.f("pk_journey_standing")),
    )
    op.create_table(
        "stage_standing",
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("turn", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agency", sa.String(), nullable=True),
        sa.Column("office", sa.String(), nullable=True),
        sa.Column("sender_office", sa.String(), nullable=True),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.Column("remind_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entered_on", sa.Date(), nullable=True),
        sa.Column("via", sa.String(), nullable=True),
        sa.Column("closed_in", sa.Date(), nullable=True),
        sa.Column("closed_as", sa.String(), nullable=True),
        sa.Column("kept", sa.Boolean(), nullable=True),
        sa.Column("working_days", sa.SmallInteger(), nullable=True),
        sa.PrimaryKeyConstraint("journey_id", "stage", "turn", name=op.f("pk_stage_standing")),
    )
    op.create_index(
        "ix_stage_standing_listed",
        "stage_standing",
        ["programme", "version", "stage", "standing", "opened_at", "journey_id"],
    )
    op.create_index(
        "ix_stage_standing_due",
        "stage_standing",
        ["programme", "version", "due_at"],
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_table(
        "visit_standing",
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("condition", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("journey_id", "month", name=op.f("pk_visit_standing")),
    )
