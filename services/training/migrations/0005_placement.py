"""Training remembers batches of job training, vacancies, and who found work where."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "sector",
            sa.Enum(
                "manufacturing",
                "services",
                "formal",
                name="job_batch_sector",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("planned_by", sa.Uuid(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_because", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_because IS NULL)", name=op.f("ck_job_batch_cancelled_for_a_reason")
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_job_batch_ends_after_it_begins")),
        sa.CheckConstraint("places > 0", name=op.f("ck_job_batch_has_places")),
        sa.CheckConstraint("taken BETWEEN 0 AND places", name=op.f("ck_job_batch_never_oversold")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_batch")),
    )
    op.create_index("ix_job_batch_office", "job_batch", ["office", "first_day", "id"], unique=False)
    op.create_table(
        "vacancy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.String(), nullable=False),
        sa.Column("position", sa.String(), nullable=False),
        sa.Column(
            "sector",
            sa.Enum(
                "manufacturing",
                "services",
                "formal",
                name="vacancy_sector",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "contract",
            sa.Enum(
                "permanent",
                "fixed-term",
                "daily",
                "apprenticeship",
                name="vacancy_contract",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("openings", sa.Integer(), nullable=False),
        sa.Column("filled", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("filled BETWEEN 0 AND openings", name=op.f("ck_vacancy_never_overfilled")),
        sa.CheckConstraint("openings > 0", name=op.f("ck_vacancy_wants_somebody")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vacancy")),
    )
    op.create_index("ix_vacancy_office", "vacancy", ["office", "noted_at", "id"], unique=False)
    op.create_table(
        "job_seeker",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("sectors", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "subject_kind",
            sa.Enum(
                "person", "group", name="job_seeker_subject_kind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("took_part", sa.Boolean(), nullable=True),
        sa.Column("assessed_on", sa.Date(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("vacancy_id", sa.Uuid(), nullable=True),
        sa.Column("placed_on", sa.Date(), nullable=True),
        sa.Column(
            "contract",
            sa.Enum(
                "permanent",
                "fixed-term",
                "daily",
                "apprenticeship",
                name="job_seeker_contract",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("waiver", sa.LargeBinary(), nullable=True),
        sa.Column("waived_by", sa.Uuid(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "placed",
                "passed",
                "took-part",
                "absent",
                name="placement_outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(outcome IS NULL) = (ended_on IS NULL)", name=op.f("ck_job_seeker_an_end_has_its_day")),
        sa.CheckConstraint("(waiver IS NULL) = (waived_by IS NULL)", name=op.f("ck_job_seeker_waived_by_somebody")),
        sa.CheckConstraint(
            "num_nonnulls(vacancy_id, placed_on, contract) IN (0, 3)",
            name=op.f("ck_job_seeker_placed_with_an_employer_on_a_day"),
        ),
        sa.CheckConstraint(
            "passed IS NULL OR (took_part AND assessed_on IS NOT NULL)",
            name=op.f("ck_job_seeker_assessed_who_took_part"),
        ),
        sa.CheckConstraint("seats > 0", name=op.f("ck_job_seeker_takes_a_place")),
        sa.CheckConstraint(
            "took_part IS NULL OR batch_id IS NOT NULL", name=op.f("ck_job_seeker_takes_part_in_a_batch")
        ),
        sa.CheckConstraint(
            "vacancy_id IS NULL OR coalesce(passed, false) OR waiver IS NOT NULL",
            name=op.f("ck_job_seeker_placed_after_passing_or_waived"),
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["job_batch.id"], name=op.f("fk_job_seeker_batch_id")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_job_seeker_referral_id")),
        sa.ForeignKeyConstraint(["vacancy_id"], ["vacancy.id"], name=op.f("fk_job_seeker_vacancy_id")),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_job_seeker")),
    )
    op.create_index("ix_job_seeker_batch_id", "job_seeker", ["batch_id"], unique=False)
    op.create_index("ix_job_seeker_vacancy_id", "job_seeker", ["vacancy_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_job_seeker_batch_id", table_name="job_seeker")
    op.drop_index("ix_job_seeker_vacancy_id", table_name="job_seeker")
    op.drop_table("job_seeker")
    op.drop_index("ix_vacancy_office", table_name="vacancy")
    op.drop_table("vacancy")
    op.drop_index("ix_job_batch_office", table_name="job_batch")
    op.drop_table("job_batch")
