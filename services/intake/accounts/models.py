"""Officers' accounts as they are kept, the links that open them, and the log of all that befell them."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.accounts.rules import LeaveReason, Purpose, State, What
from shared.identity.acting import POSTS, ActingKind
from shared.identity.rules import Role
from shared.kernel import clock
from shared.privacy.fields import EncryptedText
from shared.storage.base import Base
from shared.storage.columns import Id, Timestamp, enum_text

ROLES = ", ".join(f"'{role.value}'" for role in Role)


def _apart(one: str, other: str) -> str:
    return f"NOT roles @> ARRAY['{one}', '{other}']::text[]"


class OfficerAccount(Base):
    """An officer's account: where she works, what she may do, and the hash of her password."""

    __tablename__ = "officer_account"
    __table_args__ = (
        CheckConstraint(f"roles <@ ARRAY[{ROLES}]::text[] AND cardinality(roles) > 0", name="known_roles"),
        CheckConstraint(_apart("officer", "approver"), name="who_verifies_does_not_approve"),
        CheckConstraint(_apart("approver", "auditor"), name="who_decides_does_not_audit"),
        CheckConstraint(_apart("head", "auditor"), name="who_answers_does_not_audit"),
        CheckConstraint(_apart("officer", "auditor"), name="who_works_does_not_audit"),
        CheckConstraint(_apart("administrator", "auditor"), name="who_gives_rights_does_not_audit"),
        CheckConstraint(_apart("administrator", "counsellor"), name="who_gives_rights_does_not_read_cases"),
        CheckConstraint(_apart("administrator", "approver"), name="who_gives_rights_does_not_decide"),
        CheckConstraint("NOT 'mentor' = ANY (roles) OR cardinality(roles) = 1", name="a_mentor_is_nothing_else"),
        CheckConstraint("agency = 'dp3a' OR NOT roles @> ARRAY['counsellor']::text[]", name="counsellors_at_dp3a"),
        CheckConstraint("username = lower(username)", name="username_in_lower_case"),
        CheckConstraint(
            "num_nonnulls(change_asked, change_asked_by, change_asked_on) IN (0, 3)", name="change_asked_by_somebody"
        ),
        CheckConstraint("state NOT IN ('invited', 'closed') OR password_hash IS NULL", name="no_password_no_account"),
    )

    id: Mapped[Id]
    username: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    office: Mapped[str] = mapped_column(Text, index=True)
    agency: Mapped[str] = mapped_column(Text)
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    areas: Mapped[list[str]] = mapped_column(ARRAY(Text))
    language: Mapped[str | None] = mapped_column(Text)
    password_hash: Mapped[str | None] = mapped_column(Text)  # none: a one-time link lets her choose one
    must_change_password: Mapped[bool] = mapped_column(Boolean, default=False, server_default=text("false"))
    state: Mapped[State] = mapped_column(
        enum_text(State, "account_state"), default=State.ACTIVE, server_default=text("'active'")
    )
    active: Mapped[bool] = mapped_column(Boolean, Computed("state = 'active'", persisted=True))
    revision: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    email: Mapped[str | None] = mapped_column(EncryptedText)
    last_signed_in_at: Mapped[Timestamp | None]
    step_due_on: Mapped[date | None]  # until when she may put the second step off
    reviewed_on: Mapped[date] = mapped_column(default=clock.today, server_default=text("CURRENT_DATE"))
    reviewed_by: Mapped[UUID | None]
    change_asked: Mapped[str | None] = mapped_column(Text)  # what the head of her office would have changed
    change_asked_by: Mapped[UUID | None]
    change_asked_on: Mapped[date | None]
    created_at: Mapped[Timestamp] = mapped_column(server_default=func.now())


class SecondStep(Base):
    """The secret that an officer's telephone makes codes of, and the last of them that was used."""

    __tablename__ = "second_step"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("officer_account.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(EncryptedText)
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    confirmed_at: Mapped[Timestamp | None]


class RecoveryCode(Base):
    """A code on paper that takes the telephone's place once; kept by its hash."""

    __tablename__ = "recovery_code"

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("officer_account.id"), index=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    used_at: Mapped[Timestamp | None]


class OfficerLeave(Base):
    """A time in which an officer is away, from its first to its last day, and who stands in for her."""

    __tablename__ = "officer_leave"
    __table_args__ = (
        CheckConstraint("to_on >= from_on", name="days_in_order"),
        CheckConstraint("stand_in_id <> officer_id", name="somebody_else_stands_in"),
        Index("ix_officer_leave_officer", "officer_id", "to_on"),
        Index("ix_officer_leave_stand_in", "stand_in_id", "to_on", postgresql_where=text("stand_in_id IS NOT NULL")),
    )

    id: Mapped[Id]
    officer_id: Mapped[UUID] = mapped_column(ForeignKey("officer_account.id"))
    revision: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    from_on: Mapped[date]
    to_on: Mapped[date]
    reason: Mapped[LeaveReason | None] = mapped_column(enum_text(LeaveReason, "leave_reason"))
    stand_in_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer_account.id"))
    withdrawn: Mapped[bool] = mapped_column(Boolean, default=False, server_default=text("false"))
    noted_by: Mapped[UUID | None]  # none: from the command line
    noted_at: Mapped[Timestamp]


class ActingAppointment(Base):
    """Somebody acts for a post of her office that is vacant or whose holder is away, by a letter, for some days.

    `title` is how she signs, written once: neither a renamed office nor anything else changes what was signed.
    """

    __tablename__ = "acting_appointment"
    __table_args__ = (
        CheckConstraint("to_on >= from_on", name="days_in_order"),
        CheckConstraint("(kind = 'plh') = (stands_for_id IS NOT NULL)", name="daily_means_for_somebody"),
        CheckConstraint("stands_for_id <> officer_id", name="for_somebody_else"),
        CheckConstraint(f"post IN ({', '.join(repr(post.value) for post in sorted(POSTS))})", name="known_post"),
        Index("ix_acting_appointment_officer", "officer_id", "to_on"),
        Index("ix_acting_appointment_office", "office", "to_on"),
    )

    id: Mapped[Id]
    officer_id: Mapped[UUID] = mapped_column(ForeignKey("officer_account.id"))
    kind: Mapped[ActingKind] = mapped_column(enum_text(ActingKind, "acting_kind"))
    post: Mapped[str] = mapped_column(Text)
    office: Mapped[str] = mapped_column(Text)
    stands_for_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer_account.id"))
    title: Mapped[str] = mapped_column(Text)
    letter_number: Mapped[str] = mapped_column(Text)
    letter_on: Mapped[date]
    from_on: Mapped[date]
    to_on: Mapped[date]
    appointed_by: Mapped[UUID | None]  # none: from the command line
    appointed_at: Mapped[Timestamp]
    ended_at: Mapped[Timestamp | None]  # before its last day was over


class AccountLink(Base):
    """A one-time link that lets somebody choose a password; the secret in it is kept as a hash only."""

    __tablename__ = "account_link"
    __table_args__ = (
        # of one account only the newest link opens anything
        Index(
            "uq_account_link_open",
            "account_id",
            unique=True,
            postgresql_where=text("used_at IS NULL AND revoked_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("officer_account.id"), index=True)
    purpose: Mapped[Purpose] = mapped_column(enum_text(Purpose, "link_purpose"))
    hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    made_at: Mapped[Timestamp]
    made_by: Mapped[UUID | None]  # none: from the command line
    expires_at: Mapped[Timestamp]  # real time, never the domain's clock
    used_at: Mapped[Timestamp | None]
    revoked_at: Mapped[Timestamp | None]


class ApiKey(Base):
    """A key by which a system of her office signs in as a program; its secret is kept as a hash only."""

    __tablename__ = "api_key"
    __table_args__ = (
        UniqueConstraint("account_id", "request"),
        CheckConstraint("cardinality(scopes) > 0", name="allows_something"),
    )

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("officer_account.id"), index=True)
    system: Mapped[str] = mapped_column(Text)
    public: Mapped[str] = mapped_column(Text, unique=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    request: Mapped[str | None] = mapped_column(Text)  # the name of the request that made it, which makes no second one
    issued_at: Mapped[Timestamp]
    expires_at: Mapped[Timestamp]  # real time, never the domain's clock
    last_used_at: Mapped[Timestamp | None]  # when it was last exchanged for a token
    revoked_at: Mapped[Timestamp | None]
    revoked_by: Mapped[UUID | None]  # none: by the command line, or by what ended her access


class AccountLine(Base):
    """What befell an account: who did it (nobody: the command line), what was before, and what is since."""

    __tablename__ = "account_line"
    __table_args__ = (Index("ix_account_line_about", "about", "seq"), {"info": {"append_only": ()}})

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[Timestamp]
    by: Mapped[UUID | None]
    about: Mapped[UUID]
    what: Mapped[What] = mapped_column(enum_text(What, "account_what"))
    before: Mapped[dict[str, Any]] = mapped_column(JSONB)
    after: Mapped[dict[str, Any]] = mapped_column(JSONB)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
