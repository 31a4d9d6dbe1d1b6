"""What both doors do alike: whoever decides on a correction sees a person's data, and leaves a trace."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.intake.corrections import queries
from services.intake.corrections.models import Correction
from shared.privacy.looks import log_look, log_looks
from shared.web import door
from shared.web.paging import Page


def look_at_undecided(session: Session, after: str | None, limit: int) -> Page[dict[str, Any]]:
    """The corrections that wait for a decision; the look at the names is logged."""
    found = queries.undecided(session, door.current_officer(), after, limit)
    return Page(_seen(session, list(found.items)), found.next)


def look_at_decided(session: Session) -> list[dict[str, Any]]:
    """The latest that were decided; the look at the names is logged."""
    return _seen(session, queries.decided(session, door.current_officer()))


def look_at(session: Session, correction_id: UUID) -> dict[str, Any]:
    """One correction with its values; the look is logged."""
    officer = door.current_officer()
    found = queries.correction(session, officer, correction_id)
    log_look(session, officer, "person", found.person_id, f"correction {found.id}")
    return queries.described(session, officer, found)


def _seen(session: Session, found: list[Correction]) -> list[dict[str, Any]]:
    people = sorted({each.person_id for each in found})
    log_looks(session, door.current_officer(), "person", people, "corrections")
    return queries.summaries(session, found)
