"""What both doors do alike: whoever is shown a person's data, or only her name, leaves a trace."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.intake.disclosures import dossier, queries
from services.intake.disclosures.models import Disclosure
from services.intake.registry import queries as registry
from shared.privacy.looks import log_look, log_looks
from shared.web import door
from shared.web.paging import Page


def look_at_waiting(session: Session, after: str | None, limit: int) -> Page[dict[str, Any]]:
    """The requests that wait for an answer; the look at the names is logged."""
    found = queries.waiting(session, door.current_officer(), after, limit)
    return Page(_seen(session, list(found.items)), found.next)


def look_at_answered(session: Session) -> list[dict[str, Any]]:
    """The latest requests that were answered; the look at the names is logged."""
    return _seen(session, queries.answered(session, door.current_officer()))


def look_at(session: Session, disclosure_id: UUID) -> dict[str, Any]:
    """One request; the look at whose it is is logged."""
    found = queries.disclosure(session, door.current_officer(), disclosure_id)
    return _seen(session, [found])[0]


def look_at_all_of_her(session: Session, disclosure_id: UUID) -> dict[str, Any]:
    """Everything that is held of whoever asked; this look is logged first, and so stands in what she is shown."""
    found = queries.disclosure(session, door.current_officer(), disclosure_id)
    log_look(session, door.current_officer(), "person", found.person_id, f"disclosure {found.id}")
    return dossier.dossier(session, door.current_officer(), registry.living(session, found.person_id))


def _seen(session: Session, found: list[Disclosure]) -> list[dict[str, Any]]:
    people = sorted({each.person_id for each in found})
    log_looks(session, door.current_officer(), "person", people, "disclosures")
    return queries.lines(session, found)
