"""Failures of protection, and who was told of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "breach",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "cause",
            sa.Enum(
                "lost",
                "stolen",
                "wrong-recipient",
                "unauthorised",
                "published",
                "broken-into",
                "destroyed",
                name="breach_cause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("what", sa.LargeBinary(), nullable=False),
        sa.Column("what_en", sa.LargeBinary(), nullable=True),
        sa.Column("happened_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("happened_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("measures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("done", sa.LargeBinary(), nullable=False),
        sa.Column("done_en", sa.LargeBinary(), nullable=True),
        sa.Column(
            "scope",
            sa.Enum(
                "persons",
                "programme",
                "area",
                name="breach_scope",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("scope_value", sa.String(), nullable=True),
        sa.Column("authority_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("authority_told_by", sa.Uuid(), nullable=True),
        sa.Column("authority_note", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(scope = 'persons') = (scope_value IS NULL)", name=op.f("ck_breach_scope_names_it")),
        sa.CheckConstraint("found_at <= authority_told_at", name=op.f("ck_breach_told_after_it_was_found")),
        sa.CheckConstraint(
            "happened_from <= found_at AND found_at <= due_at", name=op.f("ck_breach_found_after_it_happened")
        ),
        sa.CheckConstraint(
            "happened_from <= happened_until AND happened_until <= found_at", name=op.f("ck_breach_times_in_order")
        ),
        sa.CheckConstraint(
            "num_nulls(authority_told_at, authority_told_by, authority_note) IN (0, 3)",
            name=op.f("ck_breach_authority_told_by_somebody"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach")),
    )
    op.create_index("ix_breach_office", "breach", ["office", "id"], unique=False)
    op.create_table(
        "breach_person",
        sa.Column("breach_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_by", sa.Uuid(), nullable=True),
        sa.Column(
            "way",
            sa.Enum(
                "letter",
                "phone",
                "message",
                "visit",
                "at-office",
                "trusted-person",
                name="breach_way",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "num_nulls(told_at, told_by, way) IN (0, 3)", name=op.f("ck_breach_person_told_by_somebody")
        ),
        sa.ForeignKeyConstraint(["breach_id"], ["breach.id"], name=op.f("fk_breach_person_breach_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_breach_person_person_id")),
        sa.PrimaryKeyConstraint("breach_id", "person_id", name=op.f("pk_breach_person")),
    )
    op.create_index(
        "ix_breach_person_open",
        "breach_person",
        ["breach_id", "area"],
        unique=False,
        postgresql_where=sa.text("told_at IS NULL"),
    )
    op.create_index("ix_breach_person_person_id", "breach_person", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_breach_person_person_id", table_name="breach_person")
    op.drop_index("ix_breach_person_open", table_name="breach_person", postgresql_where=sa.text("told_at IS NULL"))
    op.drop_table("breach_person")
    op.drop_index("ix_breach_office", table_name="breach")
    op.drop_table("breach")
