"""What the compartment remembers, so that only its own key tells what and about whom.

No table outside points here and none of these points outside: a foreign key to the person would let anybody who reads
the database join them. She is found by a keyed index of her record's identifier; all that is said lies encrypted under
the compartment's own key. What stands plainly is what the clock must be able to ask: when something is due.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.privacy.fields import BlindIndex, EncryptedJSON, EncryptedText, KeptClosed, Purpose
from shared.privacy.keys import Kind
from shared.storage import Base
from shared.storage.columns import Id, Timestamp

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
        Index("ix_protection_request_due", "office", "due_at", "id", postgresql_where=text("settled_at IS NULL")),
    )

    id: Mapped[Id]
    office: Mapped[str]
    person_index: Mapped[bytes] = mapped_column(FINDS_REQUESTS)
    content: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON(Purpose.PROTECTION))
    asked_at: Mapped[Timestamp]
    due_at: Mapped[Timestamp]
    settled_at: Mapped[Timestamp | None]
    settling: Mapped[str | None] = mapped_column(EncryptedText(Purpose.PROTECTION))


class ProtectionCase(Base):
    """One woman's case at one office."""

    __tablename__ = "protection_case"
    __table_args__ = (
        # a woman has one open case at an office, also between two counsellors at once
        Index(
            "uq_protection_case_open", "office", "person_index", unique=True, postgresql_where=text("closed_at IS NULL")
        ),
        # what is due to an office's counsellors, the earliest first
        Index("ix_protection_case_due", "office", "follow_up_due_at", "id", postgresql_where=text("closed_at IS NULL")),
        Index("ix_protection_case_office", "office", "id"),
        CheckConstraint("(closed_at IS NULL) = (closing IS NULL)", name="closed_says_why"),
        CheckConstraint("closed_at IS NOT NULL OR follow_up_due_at IS NOT NULL", name="open_is_owed_a_talk"),
    )

    id: Mapped[Id]
    office: Mapped[str]
    person_index: Mapped[bytes] = mapped_column(FINDS_CASES)
    person_id: Mapped[str] = mapped_column(EncryptedText(Purpose.PROTECTION))
    kind: Mapped[str] = mapped_column(EncryptedText(Purpose.PROTECTION))
    notes: Mapped[str | None] = mapped_column(EncryptedText(Purpose.PROTECTION))
    safe_contact: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON(Purpose.PROTECTION))
    opened_by: Mapped[UUID]
    opened_at: Mapped[Timestamp]
    follow_up_due_at: Mapped[Timestamp | None]
    report_due_at: Mapped[Timestamp | None]
    closed_at: Mapped[Timestamp | None]
    closing: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON(Purpose.PROTECTION))


class Step(Base):
    """Something that was done in a case."""

    __tablename__ = "protection_step"
    __table_args__ = (
        # a case with its steps in their order; and a form sent twice is one step
        Index("uq_protection_step_once", "case_id", "once", unique=True),
    )

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("protection_case.id"))
    once: Mapped[str | None]
    content: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON(Purpose.PROTECTION))
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[Timestamp]


class Glass(Base):
    """Somebody without the role wants to read: with a reason, and only when a second person allows it."""

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
        Index("ix_protection_glass_waiting", "office", "asked_at", "id", postgresql_where=text("decided_at IS NULL")),
        CheckConstraint("decided_by <> asked_by", name="a_second_person"),
        CheckConstraint("(decided_at IS NULL) = (decision IS NULL)", name="decided_says_why"),
    )

    id: Mapped[Id]
    office: Mapped[str]
    person_index: Mapped[bytes] = mapped_column(FINDS_REQUESTS)
    content: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON(Purpose.PROTECTION))
    asked_by: Mapped[UUID]
    asked_at: Mapped[Timestamp]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[Timestamp | None]
    decision: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON(Purpose.PROTECTION))
    granted: Mapped[bool | None]
    open_until: Mapped[Timestamp | None]


class LogLine(Base):
    """Who read or changed what in the compartment; each hash covers the line before and the encrypted line itself."""

    __tablename__ = "protection_log"
    __table_args__ = (Index("ix_protection_log_office", "office", "seq"), {"info": {"append_only": ()}})

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    office: Mapped[str]
    line: Mapped[bytes] = mapped_column(KeptClosed(Purpose.PROTECTION))
    hash: Mapped[bytes] = mapped_column(LargeBinary)
