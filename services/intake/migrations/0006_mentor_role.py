"""The role of a student mentor, who holds no other."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STAFF = "'officer', 'approver', 'head', 'coordinator', 'auditor', 'administrator', 'counsellor'"
KNOWN = "ck_officer_account_known_roles"
ALONE = "ck_officer_account_a_mentor_is_nothing_else"


def upgrade() -> None:
    op.drop_constraint(op.f(KNOWN), "officer_account")
    known = f"roles <@ ARRAY[{STAFF}, 'mentor']::text[] AND cardinality(roles) > 0"
    op.create_check_constraint(op.f(KNOWN), "officer_account", known)
    alone = "NOT 'mentor' = ANY (roles) OR cardinality(roles) = 1"
    op.create_check_constraint(op.f(ALONE), "officer_account", alone)


def downgrade() -> None:
    op.drop_constraint(op.f(ALONE), "officer_account")
    op.drop_constraint(op.f(KNOWN), "officer_account")
    known = f"roles <@ ARRAY[{STAFF}]::text[] AND cardinality(roles) > 0"
    op.create_check_constraint(op.f(KNOWN), "officer_account", known)
