"""Door 1 for programs: the limits of the law."""

from typing import Any

from services.intake.limits import queries, schemas
from shared.identity.permissions import Permission
from shared.web import door
from shared.web.api import Blueprint
from shared.web.guard import guard

blueprint = Blueprint("limits", __name__, description="The limits that the law sets, and what is past them")


@blueprint.get("/<agency>/limits")
@guard(Permission.AUDITS_READ)
@blueprint.response(200, schemas.LegalLimits)
def list_limits(agency: str) -> dict[str, Any]:
    """Every limit of the law that runs here, its source, and how much is past it."""
    with door.reading() as session:
        return {"items": queries.lines(session)}
