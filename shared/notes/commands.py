"""What can be done with notes: write one, strike one out, and forget what they say."""

from uuid import UUID

from sqlalchemy import ColumnElement, func, update
from sqlalchemy.orm import Session

from shared.identity.officer import Officer
from shared.notes import queries, rules
from shared.notes.kinds import Noted
from shared.notes.models import Note


def write_note(session: Session, officer: Officer, noted: Noted, words: str) -> Note:
    """Write a note, with who wrote it, for which office, in which capacity and when; raises what closes the thing."""
    if noted.closed is not None:
        raise noted.closed
    written = Note(
        about=noted.about,
        about_id=noted.id,
        words=words.strip(),
        author_id=officer.id,
        signed=officer.signs,
        office=officer.office,
        agency=officer.agency,
        written_at=func.kail_now(),
    )
    session.add(written)
    session.flush()
    session.refresh(written)
    return written


def strike_note(session: Session, officer: Officer, noted: Noted, note_id: UUID, because: str) -> Note:
    """Strike a note out: it stays to be read, with who did so and why; raises NotHers, StruckOut or Forgotten."""
    found = queries.note(session, noted, note_id, lock=True)
    if not rules.may_strike(officer, found.author_id, found.office):
        raise rules.NotHers
    if found.struck_at is not None:
        raise rules.StruckOut
    if found.forgotten_at is not None:
        raise rules.Forgotten
    found.struck_at = func.kail_now()
    found.struck_by, found.struck_as, found.struck_because = officer.id, officer.signs, because.strip()
    session.flush()
    session.refresh(found)
    return found


def forget(session: Session, which: ColumnElement[bool]) -> None:
    """Forget what these notes say: that somebody wrote one, and when, stays."""
    session.execute(
        update(Note)
        .where(which, Note.forgotten_at.is_(None))
        .values(words=None, struck_because=None, forgotten_at=func.kail_now()),
        execution_options={"synchronize_session": False},
    )
