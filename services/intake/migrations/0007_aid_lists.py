"""A person may stand on the lists of PKH and BPNT, so that other aid beside them is noticed."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f("ck_listing_registry"), "listing", type_="check")
    op.create_check_constraint(
        op.f("ck_listing_registry"), "listing", "registry_name IN ('DTKS', 'P3KE', 'PKH', 'BPNT')"
    )


def downgrade() -> None:
    op.execute("DELETE FROM listing WHERE registry_name IN ('PKH', 'BPNT')")
    op.drop_constraint(op.f("ck_listing_registry"), "listing", type_="check")
    op.create_check_constraint(op.f("ck_listing_registry"), "listing", "registry_name IN ('DTKS', 'P3KE')")
