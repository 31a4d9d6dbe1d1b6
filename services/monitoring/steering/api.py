"""Door 1 for programs: what a coordinator does about a journey, and what an office answers."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.monitoring.steering import commands, queries, schemas
from services.monitoring.steering.models import CoordinatorAsk, JourneyFlag
from shared.identity.permissions import Permission
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard

blueprint = Blueprint("steering", __name__, description="What a coordinator does about a journey")
ONE = "/<agency>/journeys/<uuid:journey_id>"


@blueprint.get("/<agency>/asks")
@guard(Permission.TASKS_READ)
@blueprint.arguments(schemas.AskQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.AskSchema))
def list_asks(query: dict[str, Any], agency: str) -> paging.Page[CoordinatorAsk]:
    """What coordinators asked of the office; who reads everywhere sees what all offices of her areas were asked."""
    answered = query.pop("answered")
    with door.reading() as session:
        found = queries.asks(door.current_officer(), answered=answered)
        return paging.page(session, found, *queries.LATEST_FIRST, newest_first=True, **query)


@blueprint.post("/<agency>/asks/<uuid:ask_id>/answer")
@guard(Permission.TASKS_DO)
@blueprint.arguments(schemas.Answer)
@blueprint.response(200, schemas.AskSchema)
def answer_ask(given: dict[str, Any], agency: str, ask_id: UUID) -> CoordinatorAsk:
    """Say why it does not move."""
    with door.transaction() as session:
        return commands.explain(session, door.current_officer(), ask_id, **given)


@blueprint.get("/<agency>/flags")
@guard(Permission.JOURNEYS_COORDINATE)
@blueprint.arguments(paging.PageQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.FlagSchema))
def list_flags(query: dict[str, Any], agency: str) -> paging.Page[JourneyFlag]:
    """The flagged journeys of her areas, the latest first."""
    with door.reading() as session:
        found = queries.flags(door.current_officer())
        return paging.page(session, found, JourneyFlag.flagged_at, JourneyFlag.id, newest_first=True, **query)


@blueprint.post(f"{ONE}/nudge")
@guard(Permission.JOURNEYS_COORDINATE)
@blueprint.arguments(schemas.Asking)
@blueprint.response(200, schemas.Steered)
def nudge_office(given: dict[str, Any], agency: str, journey_id: UUID) -> dict[str, Any]:
    """Remind the office that owes one of the journey's stages."""
    with door.transaction() as session:
        commands.nudge_office(session, door.current_officer(), journey_id, **given)
        return _steered(session, journey_id)


@blueprint.post(f"{ONE}/explanation")
@guard(Permission.JOURNEYS_COORDINATE)
@blueprint.arguments(schemas.Asking)
@blueprint.response(200, schemas.Steered)
def ask_for_explanation(given: dict[str, Any], agency: str, journey_id: UUID) -> dict[str, Any]:
    """Ask the office that owes one of the journey's stages why it does not move."""
    with door.transaction() as session:
        commands.ask_for_explanation(session, door.current_officer(), journey_id, **given)
        return _steered(session, journey_id)


@blueprint.post(f"{ONE}/flag")
@guard(Permission.JOURNEYS_COORDINATE)
@blueprint.arguments(schemas.Reason)
@blueprint.response(200, schemas.Steered)
def flag_journey(given: dict[str, Any], agency: str, journey_id: UUID) -> dict[str, Any]:
    """Keep an eye on a journey."""
    with door.transaction() as session:
        commands.flag_journey(session, door.current_officer(), journey_id, **given)
        return _steered(session, journey_id)


@blueprint.post(f"{ONE}/flag/lift")
@guard(Permission.JOURNEYS_COORDINATE)
@blueprint.response(200, schemas.Steered)
def lift_flag(agency: str, journey_id: UUID) -> dict[str, Any]:
    """Let a flag go."""
    with door.transaction() as session:
        commands.lift_flag(session, door.current_officer(), journey_id)
        return _steered(session, journey_id)


@blueprint.post(f"{ONE}/agenda")
@guard(Permission.JOURNEYS_COORDINATE)
@blueprint.arguments(schemas.Reason)
@blueprint.response(200, schemas.OnAgenda)
def put_on_agenda(given: dict[str, Any], agency: str, journey_id: UUID) -> dict[str, Any]:
    """Have a journey discussed at the next meeting."""
    with door.transaction() as session:
        meeting = commands.put_on_agenda(session, door.current_officer(), journey_id, **given)
    if meeting is None:
        return dict.fromkeys(("meeting_id", "meets_on", "office"))
    return {"meeting_id": meeting.id, "meets_on": meeting.meets_on, "office": meeting.office}


def _steered(session: Session, journey_id: UUID) -> dict[str, Any]:
    return {"asks": queries.of_journey(session, journey_id), "flag": queries.flag(session, journey_id)}
