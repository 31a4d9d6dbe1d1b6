"""What can be told of notes: those on one thing that an officer sees, the latest first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from shared.identity.officer import Officer
from shared.kernel.errors import NotFound
from shared.notes import rules
from shared.notes.kinds import Noted
from shared.notes.models import Note
from shared.notes.rules import About
from shared.privacy.looks import log_look
from shared.storage.arrays import among
from shared.web.paging import Page, page

LATEST_FIRST = (Note.written_at, Note.id)
SHOWN = 5
"""So many stand on the page of what they are about; all of them on a page of their own."""


@dataclass(frozen=True, slots=True)
class Line:
    """A note as an officer sees it; without words where these are no longer kept."""

    id: UUID
    words: str | None
    signed: str
    office: str
    written_at: datetime
    struck_at: datetime | None
    struck_as: str | None
    struck_because: str | None
    forgotten_at: datetime | None
    may_strike: bool


def on(about: About, ids: Collection[UUID]) -> ColumnElement[bool]:
    """The notes on these things."""
    return and_(Note.about == about, among(Note.about_id, ids))


def of_offices(names: Collection[str]) -> ColumnElement[bool]:
    """The notes that these offices wrote."""
    return Note.office.in_(sorted(names))


def not_kept_apart(officer: Officer) -> ColumnElement[bool]:
    """The notes that are not those of an agency with a compartment, or are her own office's."""
    return or_(Note.agency.not_in(sorted(rules.agencies_apart())), of_offices(rules.own(officer.office)))


def notes(session: Session, officer: Officer, noted: Noted, after: str | None, limit: int) -> Page[Line]:
    """A page of the notes that an officer sees; where there are any, this is a look at whom they are about."""
    found = page(session, _seen(noted), *LATEST_FIRST, after=after, limit=limit, newest_first=True)
    return Page(_shown(session, officer, noted, found.items), found.next)


def latest(session: Session, officer: Officer, noted: Noted) -> Page[Line]:
    """The latest few of them, for the page of what they are about."""
    return notes(session, officer, noted, None, SHOWN)


def note(session: Session, noted: Noted, note_id: UUID, *, lock: bool = False) -> Note:
    """One of the notes on a thing that an officer sees; raises NotFound."""
    asked = _seen(noted).where(Note.id == note_id)
    found = session.scalar(asked.with_for_update() if lock else asked)
    if found is None:
        raise NotFound(what="note")
    return found


def line(officer: Officer, found: Note) -> Line:
    """A note as an officer sees it."""
    still = found.struck_at is None and found.forgotten_at is None
    return Line(
        id=found.id,
        words=found.words,
        signed=found.signed,
        office=found.office,
        written_at=found.written_at,
        struck_at=found.struck_at,
        struck_as=found.struck_as,
        struck_because=found.struck_because,
        forgotten_at=found.forgotten_at,
        may_strike=still and rules.may_strike(officer, found.author_id, found.office),
    )


def _seen(noted: Noted) -> Select[Note]:
    return select(Note).where(noted.seen)


def _shown(session: Session, officer: Officer, noted: Noted, found: Sequence[Note]) -> list[Line]:
    if found:
        log_look(session, officer, noted.subject_kind, noted.subject_id, why="notes")
    return [line(officer, each) for each in found]
