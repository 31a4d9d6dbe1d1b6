"""Officers' accounts as they are kept."""

from sqlalchemy import Boolean, CheckConstraint, Text, func, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from shared.identity.rules import Role
from shared.storage.base import Base
from shared.storage.columns import Id, Timestamp

ROLES = ", ".join(f"'{role.value}'" for role in Role)


class OfficerAccount(Base):
    """An officer's account: where she works, what she may do, and the hash of her password."""

    __tablename__ = "officer_account"
    __table_args__ = (
        CheckConstraint(f"roles <@ ARRAY[{ROLES}]::text[] AND cardinality(roles) > 0", name="known_roles"),
        CheckConstraint("NOT roles @> ARRAY['officer', 'approver']::text[]", name="who_verifies_does_not_approve"),
        CheckConstraint("NOT 'mentor' = ANY (roles) OR cardinality(roles) = 1", name="a_mentor_is_nothing_else"),
        CheckConstraint("agency = 'dp3a' OR NOT roles @> ARRAY['counsellor']::text[]", name="counsellors_at_dp3a"),
        CheckConstraint("username = lower(username)", name="username_in_lower_case"),
    )

    id: Mapped[Id]
    username: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    office: Mapped[str] = mapped_column(Text, index=True)
    agency: Mapped[str] = mapped_column(Text)
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    areas: Mapped[list[str]] = mapped_column(ARRAY(Text))
    language: Mapped[str | None] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean, server_default=true(), default=True)
    created_at: Mapped[Timestamp] = mapped_column(server_default=func.now())
