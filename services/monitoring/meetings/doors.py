"""What API and pages show alike."""

from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from services.monitoring.meetings import queries
from services.monitoring.meetings.models import Meeting
from services.monitoring.meetings.schemas import MeetingLineSchema
from shared.identity.officer import Officer


def tasks(officer: Officer, agency: str, query: dict[str, Any]) -> Select[Any]:
    """The tasks that a query asks for, which keeps no more than its page; by `queries.DUE_FIRST`."""
    done, overdue, returned = (query.pop(name) for name in ("done", "overdue", "returned"))
    if returned:
        return queries.returned(officer, agency)
    return queries.tasks(officer, agency, done=done, overdue=overdue)


def shown(session: Session, meeting: Meeting) -> dict[str, Any]:
    """A meeting with all that belongs to it but the items of its agenda, which come page by page."""
    return {
        **{name: getattr(meeting, name) for name in MeetingLineSchema().fields},
        "minutes": meeting.minutes,
        "held_by": meeting.held_by,
        "cancelled_because": meeting.cancelled_because,
        "from_before": queries.open_from_before(session, meeting),
        "agenda": [
            {"reason": reason, "items": count} for reason, count in queries.items_by_reason(session, meeting.id).items()
        ],
        "decisions": queries.decisions(session, meeting.id),
        "attendance": queries.attendance(session, meeting.id),
    }
