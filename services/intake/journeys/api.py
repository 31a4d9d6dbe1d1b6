"""Door 1 for programs: opening journeys, looking at them, and deciding on those that came back."""

from typing import Any
from uuid import UUID

from flask_babel import get_locale
from sqlalchemy.orm import Session

from services.intake.journeys import commands, notes, queries, schemas
from shared.identity.permissions import Permission
from shared.kernel import numbers
from shared.kernel.errors import DomainError, Elsewhere
from shared.notes import api as notes_api
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard
from shared.web.rates import searching

blueprint = Blueprint("journeys", __name__, description="Journeys through a programme")
notes_api.add(blueprint, notes.KIND)


@blueprint.get("/<agency>/journeys")
@guard(Permission.JOURNEYS_READ)
@blueprint.arguments(schemas.JourneyQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.Journey))
def list_journeys(query: dict[str, Any], agency: str) -> paging.Page[dict[str, Any]]:
    """The journeys of the officer's areas; those that wait for a decision come first."""
    with door.reading() as session:
        page = queries.journeys(session, door.current_officer(), **query)
        return paging.Page([queries.summary(each) for each in page.items], page.next)


@blueprint.post("/<agency>/journeys/search")
@guard(Permission.REGISTRY_READ)
@blueprint.arguments(schemas.NameSought)
@blueprint.arguments(schemas.JourneyQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.NamedJourney))
@searching
def search_journeys(given: dict[str, str], query: dict[str, Any], agency: str) -> paging.Page[dict[str, Any]]:
    """The journeys of whoever is called so, narrowed like the list; whoever is named was looked at."""
    officer = door.current_officer()
    with door.transaction() as session:
        query["subject_id"] = queries.named(session, officer, given["name"], schemas.MOST_NAMED)
        if not query["subject_id"]:
            return paging.Page([], None)
        page = queries.journeys(session, officer, **query)
        names = queries.names(session, officer, page.items, "search by name")
        return paging.Page(
            [queries.summary(each) | {"name": names.get(each.subject_id)} for each in page.items], page.next
        )


@blueprint.post("/<agency>/journeys")
@guard(Permission.JOURNEYS_START)
@blueprint.arguments(schemas.JourneysOpened)
@blueprint.response(200, schemas.Opening)
def open_journeys(given: dict[str, Any], agency: str) -> dict[str, Any]:
    """Let persons or groups set out; whoever cannot is named with the reason, and hinders nobody else."""
    with door.transaction() as session:
        opening = commands.open_journeys(session, door.current_officer(), **given)
    language = str(get_locale() or "id")
    return {
        "opened": [
            {"subject_id": subject, "journey_id": journey, "number": numbers.of(journey)}
            for subject, journey in opening.opened.items()
        ],
        "refused": [
            {"subject_id": subject, "code": error.code, "detail": error.message(language), **_instead(agency, error)}
            for subject, error in opening.refused.items()
        ],
        "warned": [
            {"subject_id": subject, "code": error.code, "detail": error.message(language)}
            for subject, error in opening.warned.items()
        ],
    }


def _instead(agency: str, error: DomainError) -> dict[str, str]:
    return {"instead": f"/intake/v1/{agency}/{error.instead}"} if isinstance(error, Elsewhere) else {}


@blueprint.post("/<agency>/journeys/move")
@guard(Permission.JOURNEYS_MOVE)
@blueprint.arguments(schemas.JourneysMoved)
@blueprint.response(200, schemas.Moving)
def move_journeys(given: dict[str, Any], agency: str) -> dict[str, Any]:
    """Let the open journeys of a version go on by another one, as far as they fit; or only say what would be."""
    looks = given.pop("look")
    with door.transaction() as session:
        move = commands.look_at_move if looks else commands.move_journeys
        moving = move(session, door.current_officer(), **given)
    language = str(get_locale() or "id")
    return {
        "fits": len(moving.fits),
        "offers": dict(moving.offers),
        "ends": moving.ends,
        "stays": [
            {"journey_id": journey, "code": error.code, "detail": error.message(language)}
            for journey, error in moving.stays.items()
        ],
        "moved": not looks,
    }


@blueprint.get("/<agency>/journeys/<uuid:journey_id>")
@guard(Permission.JOURNEYS_READ)
@blueprint.response(200, schemas.WholeJourney)
def show_journey(agency: str, journey_id: UUID) -> dict[str, Any]:
    """One journey, stage by stage."""
    with door.reading() as session:
        return _described(session, journey_id)


@blueprint.post("/<agency>/journeys/<uuid:journey_id>/reoffer")
@guard(Permission.JOURNEYS_STEER)
@blueprint.arguments(schemas.StageReoffered)
@blueprint.response(200, schemas.WholeJourney)
def reoffer_stage(given: dict[str, Any], agency: str, journey_id: UUID) -> dict[str, Any]:
    """Offer a stage again that came back, or that no office has accepted yet."""
    with door.transaction() as session:
        commands.reoffer_stage(session, door.current_officer(), journey_id, **given)
        return _described(session, journey_id)


@blueprint.post("/<agency>/journeys/<uuid:journey_id>/withdraw")
@guard(Permission.JOURNEYS_STEER)
@blueprint.arguments(schemas.Reason)
@blueprint.response(200, schemas.WholeJourney)
def withdraw_journey(given: dict[str, Any], agency: str, journey_id: UUID) -> dict[str, Any]:
    """Note that the person or group steps back from the programme."""
    with door.transaction() as session:
        commands.withdraw_journey(session, door.current_officer(), journey_id, **given)
        return _described(session, journey_id)


@blueprint.post("/<agency>/journeys/<uuid:journey_id>/end")
@guard(Permission.JOURNEYS_STEER)
@blueprint.arguments(schemas.Reason)
@blueprint.response(200, schemas.WholeJourney)
def end_journey(given: dict[str, Any], agency: str, journey_id: UUID) -> dict[str, Any]:
    """End a journey before its last stage, with a reason."""
    with door.transaction() as session:
        commands.end_journey(session, door.current_officer(), journey_id, **given)
        return _described(session, journey_id)


def _described(session: Session, journey_id: UUID) -> dict[str, Any]:
    officer = door.current_officer()
    return queries.described(session, queries.journey(session, officer, journey_id), officer)
