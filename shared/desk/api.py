"""Door 1 for programs: what waits for the officer who asks, in this service."""

from collections.abc import Sequence

from shared.desk import rows, schemas
from shared.identity.permissions import Permission
from shared.web import door
from shared.web.api import Blueprint
from shared.web.guard import guard


def blueprint(service: str, sources: Sequence[rows.Source]) -> Blueprint:
    """The API of one service's part."""
    api = Blueprint("desk", __name__, description=f"What waits for an officer in {service}")

    @api.get("/<agency>/desk")
    @guard(Permission.ACCOUNT_OWN)
    @api.response(200, schemas.PartSchema)
    def list_what_waits(agency: str) -> rows.Part:
        """What waits for whoever asks, the most urgent first; another service is asked for its own."""
        with door.reading() as session:
            return rows.gathered(session, door.current_officer(), sources)

    return api
