"""Door 1 for programs: the offices of the deployment, added, changed, closed and handed over."""

from typing import Any

from services.intake.offices import commands, queries, schemas
from shared.identity.offices import Office
from shared.identity.permissions import Permission
from shared.web import door
from shared.web.api import Blueprint
from shared.web.guard import guard

blueprint = Blueprint("offices", __name__, description="Which office holds which agency role, where")


@blueprint.get("/<agency>/offices")
@guard(Permission.OFFICES_READ)
@blueprint.response(200, schemas.OfficesListed)
def list_offices(agency: str) -> dict[str, Any]:
    """Every office, and those that are closed or unknown and still hold something."""
    with door.reading() as session:
        return {
            "items": [each.office for each in queries.listed(session)],
            "left_behind": queries.left(session),
        }


@blueprint.post("/<agency>/offices")
@guard(Permission.OFFICES_CHANGE)
@blueprint.arguments(schemas.OfficeAdded)
@blueprint.response(201, schemas.OfficeSchema)
def add_office(given: dict[str, Any], agency: str) -> Office:
    """Add an office; every service knows it at once."""
    with door.transaction() as session:
        return commands.add_office(session, commands.by(door.current_officer()), **given)


@blueprint.get("/<agency>/offices/<office>")
@guard(Permission.OFFICES_READ)
@blueprint.response(200, schemas.OfficeShown)
def show_office(agency: str, office: str) -> queries.Shown:
    """One office, with what waits for it and what was done to it."""
    with door.reading() as session:
        return queries.shown(session, office)


@blueprint.patch("/<agency>/offices/<office>")
@guard(Permission.OFFICES_CHANGE)
@blueprint.arguments(schemas.OfficeChanged)
@blueprint.response(200, schemas.OfficeSchema)
def change_office(given: dict[str, Any], agency: str, office: str) -> Office:
    """Change what an office is called, where it works, or whether it registers persons."""
    with door.transaction() as session:
        return commands.change_office(session, commands.by(door.current_officer()), office, **given)


@blueprint.post("/<agency>/offices/<office>/close")
@guard(Permission.OFFICES_CHANGE)
@blueprint.response(200, schemas.OfficeSchema)
def close_office(agency: str, office: str) -> Office:
    """Close an office that never had an officer nor any work."""
    with door.transaction() as session:
        return commands.close_office(session, commands.by(door.current_officer()), office)


@blueprint.post("/<agency>/offices/<office>/hand-over")
@guard(Permission.OFFICES_CHANGE)
@blueprint.arguments(schemas.OfficeSuccession)
@blueprint.response(200, schemas.OfficeSchema)
def hand_over_office(given: dict[str, str], agency: str, office: str) -> Office:
    """Close an office and give all that it holds to its successor; may be done again for a closed one."""
    with door.transaction() as session:
        return commands.hand_over_office(session, commands.by(door.current_officer()), office, given["successor"])
