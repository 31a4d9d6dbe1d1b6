"""What both doors do alike: look at who has answered what, which is a look at those persons and written down."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from services.intake.journeys import queries as journeys
from services.intake.registry import queries as registry
from services.intake.sharing import queries
from services.intake.sharing.queries import Line
from shared.privacy.looks import log_looks
from shared.web import door


def of_journey(session: Session, journey_id: UUID) -> Sequence[Line]:
    """Everybody whose consent a journey asks for; raises NotFound."""
    found = journeys.journey(session, door.current_officer(), journey_id)
    return _seen(session, queries.lines_of_journey(session, found))


def of_person(session: Session, person_id: UUID) -> Sequence[Line]:
    """What a person answered and is still asked; raises NotFound, OutsideArea."""
    found = registry.person(session, door.current_officer(), person_id)
    return _seen(session, queries.lines_of_person(session, found.id))


def _seen(session: Session, lines: Iterable[Line]) -> Sequence[Line]:
    shown = list(lines)
    log_looks(session, door.current_officer(), "person", sorted({each.person_id for each in shown}), "consents")
    return shown
