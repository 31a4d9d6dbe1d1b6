"""What both doors tell alike: how far a programme that recruits has come."""

from typing import Any

from sqlalchemy.orm import Session

from services.intake.journeys import publishing
from services.intake.recruitment import queries
from shared import places
from shared.identity.officer import Officer
from shared.programmes.definition import Programme

KIND = "intake.recruitment"


def recruiting(session: Session, officer: Officer) -> list[Programme]:
    """The programmes of her region in which members recruit."""
    offered = publishing.offered_to(session, officer)
    return [each for each in offered if any(stage.does == KIND for stage in each.stages.values())]


def so_far(session: Session, officer: Officer, programme: str) -> dict[str, Any]:
    """A programme's coverage, and how many recruits wait for a group in the officer's areas."""
    publishing.newest(session, programme)
    reached = queries.coverage(session, programme)
    waiting = queries.waiting_by_kecamatan(session, officer, programme)
    return {
        "programme": programme,
        "women": reached.women,
        "villages": reached.villages,
        "waiting": [{"area": area, "name": places.name_of(area), "recruits": count} for area, count in waiting.items()],
    }
