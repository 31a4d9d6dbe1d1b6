"""What the compartment remembers, so that only its own key tells what and about whom.

It stands in a database of its own, under a role of its own. Nothing outside points here, and from here nothing outside:
she is found by a keyed index of her record's identifier; all that is said lies encrypted under the compartment's own
key, every moment and every officer with it; identifiers are random. What stands plainly is the office, and the day on
which somebody has to look.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.privacy.fields import BlindIndex, EncryptedJSON, EncryptedText, EncryptedTime, KeptClosed, Purpose
from shared.privacy.keys import Kind
from shared.storage import Base
from shared.storage.columns import RandomId

TIME = EncryptedTime(Purpose.PROTECTION)
ONWARD_SIZE = 4_096
"""Bytes."""

FINDS_ACCOUNTS = BlindIndex("content.asked_by_id", kind=Kind.PROTECTION_INDEX)
FINDS_DECIDERS = BlindIndex("decision.decided_by_id", kind=Kind.PROTECTION_INDEX)
FINDS_FORMS = BlindIndex("content.once", kind=Kind.PROTECTION_INDEX)
FINDS_CASES = BlindIndex("person_id", kind=Kind.PROTECTION_INDEX)
FINDS_REQUESTS = BlindIndex("content.person_id", kind=Kind.PROTECTION_INDEX)


class TalkRequest(Base):
    """A woman asked for a confidential conversation; `content` says who she is and who wrote it down."""

    __tablename__ = "protection_request"
    __table_args__ = (
        # asking twice is asking once
        Index(
            "uq_protection_request_open",
            "office",
            "person_index",
            unique=True,
            postgresql_where=text("settled_at IS NULL"),
        ),
        # what is due to an office's counsellors, the earliest first
        Index("ix_protection_request_due", "office", "look_on", "id", postgresql_where=text("settled_at IS NULL")),
    )

    id: Mapped[RandomId]
    office: Mapped[str]
    person_index: Mapped[bytes] = mapped_column(FINDS_REQUESTS)
    content: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON(Purpose.PROTECTION))
    asked_at: Mapped[datetime] = mapped_column(TIME)
    due_at: Mapped[datetime] = mapped_column(TIME)
    look_on: Mapped[date]
    settled_at: Mapped[datetime | None] = mapped_column(TIME)
    settling: Mapped[str | None] = mapped_column(EncryptedText(Purpose.PROTECTION))


class ProtectionCase(Base):
    """One woman's case at one office; one who gives no name, or has no papers, stands under an alias in no registry.

    `person_id` is then an identifier of this case alone.
    """

    __tablename__ = "protection_case"
    __table_args__ = (
        # a woman has one open case at an office, also between two counsellors at once
        Index(
            "uq_protection_case_open", "office", "person_index", unique=True, postgresql_where=text("closed_at IS NULL")
        ),
        # what is due to an office's counsellors, the earliest first
        Index("ix_protection_case_due", "office", "look_on", "id", postgresql_where=text("closed_at IS NULL")),
        CheckConstraint("(closed_at IS NULL) = (closing IS NULL)", name="closed_says_why"),
        CheckConstraint("(closed_at IS NULL) = (look_on IS NOT NULL)", name="open_is_looked_at"),
        CheckConstraint("closed_at IS NOT NULL OR follow_up_due_at IS NOT NULL", name="open_is_owed_a_talk"),
    )

    id: Mapped[RandomId]
    office: Mapped[str]
    person_index: Mapped[bytes] = mapped_column(FINDS_CASES)
    person_id: Mapped[str] = mapped_column(EncryptedText(Purpose.PROTECTION))
    alias: Mapped[str] = mapped_column(EncryptedText(Purpose.PROTECTION))
    kind: Mapped[str] = mapped_column(EncryptedText(Purpose.PROTECTION))
    notes: Mapped[str | None] = mapped_column(EncryptedText(Purpose.PROTECTION))
    safe_contact: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON(Purpose.PROTECTION))
    opened_by: Mapped[str] = mapped_column(EncryptedText(Purpose.PROTECTION))
    opened_at: Mapped[datetime] = mapped_column(TIME)
    follow_up_due_at: Mapped[datetime | None] = mapped_column(TIME)
    report_due_at: Mapped[datetime | None] = mapped_column(TIME)
    look_on: Mapped[date | None]
    closed_at: Mapped[datetime | None] = mapped_column(TIME)
    closing: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON(Purpose.PROTECTION))


class Step(Base):
    """Something that was done in a case; `once` is a keyed index of the form's own name."""

    __tablename__ = "protection_step"
    __table_args__ = (
        # a case with its steps; and a form sent twice is one step
        Index("uq_protection_step_once", "case_id", "once", unique=True),
    )

    id: Mapped[RandomId]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("protection_case.id"))
    once: Mapped[bytes | None] = mapped_column(FINDS_FORMS)
    content: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON(Purpose.PROTECTION))
    recorded_by: Mapped[str] = mapped_column(EncryptedText(Purpose.PROTECTION))
    recorded_at: Mapped[datetime] = mapped_column(TIME)


class Glass(Base):
    """Somebody without the role wants to read: with a reason, and only when a second person allows it.

    Who asked and who decided are keyed indexes of their accounts; their names stand in what is encrypted.
    """

    __tablename__ = "protection_glass"
    __table_args__ = (
        # asking twice is asking once
        Index(
            "uq_protection_glass_open",
            "asked_by",
            "person_index",
            unique=True,
            postgresql_where=text("decided_at IS NULL"),
        ),
        # what waits for an office's counsellors
        Index("ix_protection_glass_waiting", "office", "id", postgresql_where=text("decided_at IS NULL")),
        CheckConstraint("decided_by <> asked_by", name="a_second_person"),
        CheckConstraint("(decided_at IS NULL) = (decision IS NULL)", name="decided_says_why"),
    )

    id: Mapped[RandomId]
    office: Mapped[str]
    person_index: Mapped[bytes] = mapped_column(FINDS_REQUESTS)
    content: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON(Purpose.PROTECTION))
    asked_by: Mapped[bytes] = mapped_column(FINDS_ACCOUNTS)
    asked_at: Mapped[datetime] = mapped_column(TIME)
    decided_by: Mapped[bytes | None] = mapped_column(FINDS_DECIDERS)
    decided_at: Mapped[datetime | None] = mapped_column(TIME)
    decision: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON(Purpose.PROTECTION))
    granted: Mapped[bool | None]
    open_until: Mapped[datetime | None] = mapped_column(TIME)


class Onward(Base):
    """A journey to be opened for a woman with a case: written before it is, and overwritten when it has been noted."""

    __tablename__ = "protection_onward"
    __table_args__ = (
        # what has not been noted yet
        Index("ix_protection_onward_waiting", "id", postgresql_where=text("waits")),
    )

    id: Mapped[RandomId]
    waits: Mapped[bool]
    content: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON(Purpose.PROTECTION, size=ONWARD_SIZE))


class LogLine(Base):
    """Who read or changed what in the compartment; each hash covers the line before and the encrypted line itself."""

    __tablename__ = "protection_log"
    __table_args__ = (Index("ix_protection_log_office", "office", "seq"), {"info": {"append_only": ()}})

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    office: Mapped[str]
    line: Mapped[bytes] = mapped_column(KeptClosed(Purpose.PROTECTION))
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class SealedHead(Base):
    """Where the log ended on a day; outside only its seal is told, which without the salt says nothing."""

    __tablename__ = "protection_head"
    __table_args__ = ({"info": {"append_only": ()}},)

    day: Mapped[date] = mapped_column(primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    lines: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
