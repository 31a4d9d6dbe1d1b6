"""Door 1 for programs: the calendars that cities add to the national one."""

from typing import Any
from uuid import UUID

from services.intake.calendars import commands, queries, schemas
from shared.identity.permissions import Permission
from shared.web import door
from shared.web.api import Blueprint
from shared.web.guard import guard

blueprint = Blueprint("calendars", __name__, description="Days off of a city's own, joint leave and late decrees")


@blueprint.get("/<agency>/calendars")
@guard(Permission.CALENDARS_READ)
@blueprint.response(200, schemas.Decrees)
def list_decrees(agency: str) -> dict[str, Any]:
    """The decrees that stand, or once stood, in the calendars of your areas."""
    with door.reading() as session:
        return {"items": queries.decrees(session, door.current_officer())}


@blueprint.post("/<agency>/calendars/look")
@guard(Permission.CALENDARS_CHANGE)
@blueprint.arguments(schemas.CalendarGiven)
@blueprint.response(200, schemas.CalendarLook)
def look_at_calendar(given: dict[str, Any], agency: str) -> dict[str, Any]:
    """What a decree would change; nothing is kept."""
    with door.reading() as session:
        seen = commands.look(session, door.current_officer(), given)
        return {
            "decree": {**queries.described(seen.decree), "id": None},
            "changes": seen.changes,
            "open_journeys": seen.open_journeys,
        }


@blueprint.post("/<agency>/calendars")
@guard(Permission.CALENDARS_CHANGE)
@blueprint.arguments(schemas.CalendarGiven)
@blueprint.response(201, schemas.DecreeSchema)
def add_calendar(given: dict[str, Any], agency: str) -> dict[str, Any]:
    """Add a decree; open dates are counted anew."""
    with door.transaction() as session:
        return queries.described(commands.add(session, door.current_officer(), given))


@blueprint.post("/<agency>/calendars/<uuid:decree_id>/remove")
@guard(Permission.CALENDARS_CHANGE)
@blueprint.arguments(schemas.DecreeRemoval)
@blueprint.response(200, schemas.DecreeSchema)
def remove_calendar(given: dict[str, Any], agency: str, decree_id: UUID) -> dict[str, Any]:
    """Take a decree out of the calendar; open dates are counted anew."""
    with door.transaction() as session:
        return queries.described(commands.remove(session, door.current_officer(), decree_id, **given))
