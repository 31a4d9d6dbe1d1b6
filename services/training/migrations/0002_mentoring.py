"""Mentoring with its cash books, and why somebody is given the same course once more."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = """
CREATE FUNCTION cash_entry_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'a cash book is only added to: write a counter-entry'; END $$
"""
# What an entry was for is left out: it stands encrypted, and the rotation of keys has to write it anew.
GUARD = """
CREATE TRIGGER cash_entry_append_only
BEFORE DELETE OR UPDATE OF id, referral_id, number, happened_on, direction, amount, corrects, written_by, written_at
ON cash_entry FOR EACH STATEMENT EXECUTE FUNCTION cash_entry_is_append_only()
"""


def upgrade() -> None:
    op.add_column("course_enrolment", sa.Column("member_ids", postgresql.ARRAY(sa.Uuid()), nullable=True))
    op.add_column("course_enrolment", sa.Column("taught_before_reason", sa.LargeBinary(), nullable=True))
    op.add_column("course_enrolment", sa.Column("taught_before_by", sa.Uuid(), nullable=True))
    op.add_column("course_enrolment", sa.Column("taught_before_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_course_enrolment_who_gives_it_again_says_why"),
        "course_enrolment",
        "num_nonnulls(taught_before_reason, taught_before_by, taught_before_at) IN (0, 3)",
    )
    op.create_index(
        "ix_course_enrolment_member_ids",
        "course_enrolment",
        ["member_ids"],
        unique=False,
        postgresql_using="gin",
        postgresql_where=sa.text("outcome IS NOT NULL"),
    )
    op.create_table(
        "mentor_cohort",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("planned_by", sa.Uuid(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("begins_on < ends_on", name=op.f("ck_mentor_cohort_ends_after_it_begins")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentor_cohort")),
    )
    op.create_index("ix_mentor_cohort_office", "mentor_cohort", ["office", "begins_on", "id"], unique=False)
    op.create_table(
        "mentor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("student_number", sa.LargeBinary(), nullable=False),
        sa.Column("student_number_index", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["cohort_id"], ["mentor_cohort.id"], name=op.f("fk_mentor_cohort_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentor")),
        sa.UniqueConstraint("cohort_id", "account_id", name=op.f("uq_mentor_cohort_id_account_id")),
        sa.UniqueConstraint("cohort_id", "student_number_index", name=op.f("uq_mentor_cohort_id_student_number_index")),
    )
    op.create_index("ix_mentor_account_id", "mentor", ["account_id"], unique=False)
    op.create_table(
        "cash_book",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column(
            "subject_kind",
            sa.Enum(
                "person", "group", name="cash_book_subject_kind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("entries_asked", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Uuid(), nullable=True),
        sa.Column("begins_on", sa.Date(), nullable=True),
        sa.Column("assigned_by", sa.Uuid(), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum("kept", "not-kept", name="mentoring_outcome", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("entries", sa.Integer(), nullable=True),
        sa.Column("income", sa.BigInteger(), nullable=True),
        sa.Column("expense", sa.BigInteger(), nullable=True),
        sa.Column("months_kept", sa.Integer(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(mentor_id IS NULL) = (begins_on IS NULL)", name=op.f("ck_cash_book_begins_with_its_mentor")
        ),
        sa.CheckConstraint("months > 0 AND entries_asked > 0", name=op.f("ck_cash_book_asks_something")),
        sa.CheckConstraint(
            "num_nonnulls(outcome, entries, income, expense, months_kept, ended_on) IN (0, 6)",
            name=op.f("ck_cash_book_an_end_has_its_figures"),
        ),
        sa.ForeignKeyConstraint(["mentor_id"], ["mentor.id"], name=op.f("fk_cash_book_mentor_id")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_cash_book_referral_id")),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_cash_book")),
    )
    op.create_index(
        "ix_cash_book_mentor_id",
        "cash_book",
        ["mentor_id"],
        unique=False,
        postgresql_where=sa.text("ended_on IS NULL AND left_at IS NULL"),
    )
    op.create_index("ix_cash_book_office", "cash_book", ["office", "referral_id"], unique=False)
    op.create_table(
        "cash_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column(
            "direction",
            sa.Enum("in", "out", name="cash_direction", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.LargeBinary(), nullable=False),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_cash_entry_moves_money")),
        sa.CheckConstraint("number >= 1 AND corrects < number", name=op.f("ck_cash_entry_counted_from_one")),
        sa.ForeignKeyConstraint(
            ["referral_id", "corrects"],
            ["cash_entry.referral_id", "cash_entry.number"],
            name=op.f("fk_cash_entry_referral_id_corrects"),
        ),
        sa.ForeignKeyConstraint(["referral_id"], ["cash_book.referral_id"], name=op.f("fk_cash_entry_referral_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_entry")),
        sa.UniqueConstraint("referral_id", "corrects", name=op.f("uq_cash_entry_referral_id_corrects")),
        sa.UniqueConstraint("referral_id", "number", name=op.f("uq_cash_entry_referral_id_number")),
    )
    op.execute(APPEND_ONLY)
    op.execute(GUARD)


def downgrade() -> None:
    op.drop_table("cash_entry")
    op.drop_index(
        "ix_cash_book_mentor_id",
        table_name="cash_book",
        postgresql_where=sa.text("ended_on IS NULL AND left_at IS NULL"),
    )
    op.drop_index("ix_cash_book_office", table_name="cash_book")
    op.drop_table("cash_book")
    op.drop_index("ix_mentor_account_id", table_name="mentor")
    op.drop_table("mentor")
    op.drop_index("ix_mentor_cohort_office", table_name="mentor_cohort")
    op.drop_table("mentor_cohort")
    op.execute("DROP FUNCTION cash_entry_is_append_only()")
    op.drop_index("ix_course_enrolment_member_ids", table_name="course_enrolment")
    op.drop_constraint(op.f("ck_course_enrolment_who_gives_it_again_says_why"), "course_enrolment")
    for name in ("taught_before_at", "taught_before_by", "taught_before_reason", "member_ids"):
        op.drop_column("course_enrolment", name)
