"""Mentoring with its cash books, and why somebody is given the same course once more."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


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


def downgrade() -> None:
    op.drop_index("ix_course_enrolment_member_ids", table_name="course_enrolment")
    op.drop_constraint(op.f("ck_course_enrolment_who_gives_it_again_says_why"), "course_enrolment")
    for name in ("taught_before_at", "taught_before_by", "taught_before_reason", "member_ids"):
        op.drop_column("course_enrolment", name)
