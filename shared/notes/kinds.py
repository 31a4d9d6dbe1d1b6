"""What a slice says of the notes that it lets be written."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel.errors import DomainError
from shared.notes.rules import About


@dataclass(frozen=True, slots=True)
class Noted:
    """One thing that notes are about, as an officer may see it."""

    about: About
    id: UUID
    subject_kind: str
    subject_id: UUID
    """Whose data notes on it are: every look at them is a look at her, or at the group."""
    seen: ColumnElement[bool]
    """Which of the notes on it, or on what is the same, the officer sees."""
    closed: DomainError | None = None
    """Why nothing more can be noted on it."""


Find = Callable[[Session, Officer, UUID], Noted]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that notes are about; `find` raises NotFound where the officer may not see it."""

    about: About
    part: str
    """Where such things stand in an address: /<service>/<agency>/<part>/<id>."""
    permission: Permission
    find: Find
