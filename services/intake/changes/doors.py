"""What both doors do alike: whoever compares two records sees persons, and leaves a trace."""

from typing import Any

from sqlalchemy.orm import Session

from services.intake.changes import queries
from shared.privacy.looks import log_looks
from shared.web import door
from shared.web.paging import Page


def look_at_reviews(session: Session, after: str | None, limit: int) -> Page[dict[str, Any]]:
    """The open reviews of the officer's areas; the look at whoever bears the NIKs is logged."""
    found = queries.open_reviews(session, door.current_officer(), after, limit)
    shown = queries.side_by_side(session, found)
    seen = {each["bearer"]["id"] for each in shown} | {each["claim"]["id"] for each in shown} - {None}
    log_looks(session, door.current_officer(), "person", sorted(seen), "duplicate review")
    return Page(shown, found.next)


def look_at_decisions(session: Session, after: str | None, limit: int) -> Page[dict[str, Any]]:
    """The pairs of the officer's areas that were decided on; the look at their names is logged."""
    found = queries.decided_reviews(session, door.current_officer(), after, limit)
    shown = queries.decisions(session, found)
    seen = {each["bearer"]["id"] for each in shown} | {each["entered_id"] for each in shown} - {None}
    log_looks(session, door.current_officer(), "person", sorted(seen), "duplicate reviews decided")
    return Page(shown, found.next)


def look_at_merges(session: Session) -> list[dict[str, Any]]:
    """The latest merges of the officer's areas; the look at the names is logged."""
    shown = queries.merges(session, door.current_officer())
    log_looks(session, door.current_officer(), "person", sorted({each["kept"]["id"] for each in shown}), "merges")
    return shown


def look_at_deaths(session: Session) -> list[dict[str, Any]]:
    """The latest deaths noted in the officer's areas; the look at the names is logged."""
    shown = queries.deaths(session, door.current_officer())
    log_looks(session, door.current_officer(), "person", sorted({each["person"]["id"] for each in shown}), "deaths")
    return shown
