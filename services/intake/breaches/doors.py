"""What both doors do alike: whoever is to reach the persons concerned sees their names, and leaves a trace."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.intake.breaches import queries
from services.intake.rights.rules import require_registering
from shared.identity.permissions import Permission
from shared.privacy.looks import log_looks
from shared.web import access, door
from shared.web.paging import Page


def reaches() -> bool:
    """Whether this officer's office reaches the persons, and so sees who they are."""
    officer = door.current_officer()
    return access.holds(officer, Permission.BREACHES_REACH)


def look_at_list(session: Session, after: str | None, limit: int) -> Page[dict[str, Any]]:
    """The failures that concern the officer; numbers, nobody's name."""
    officer = door.current_officer()
    found = queries.breaches(session, officer, after, limit)
    return Page(queries.lines(session, officer, found.items), found.next)


def look_at(session: Session, breach_id: UUID) -> dict[str, Any]:
    """One failure; numbers, nobody's name."""
    officer = door.current_officer()
    return queries.lines(session, officer, [queries.breach(session, officer, breach_id)])[0]


def look_at_persons(session: Session, breach_id: UUID, after: str | None, limit: int) -> Page[dict[str, Any]]:
    """Whom a failure concerns in the officer's areas; the look is logged."""
    officer = door.current_officer()
    require_registering(officer.office)
    found = queries.persons(session, officer, queries.breach(session, officer, breach_id), after, limit)
    log_looks(session, officer, "person", [each.person_id for each in found.items], f"breach {breach_id}")
    return Page(queries.named(session, found.items), found.next)
