"""Door 1 for programs: how a service stands, and what those who run it set right."""

from typing import Any
from uuid import UUID

from shared.bus import Participant
from shared.identity.permissions import Permission
from shared.machine import commands, queries, schemas
from shared.web import door
from shared.web.api import Blueprint
from shared.web.guard import guard


def blueprint(participant: Participant) -> Blueprint:
    """The machine room's API of one service."""
    api = Blueprint("machine", __name__, description="How the service stands, for those who run it")

    @api.get("/<agency>/machine")
    @guard(Permission.MACHINE_READ)
    @api.response(200, schemas.ServiceStandingSchema)
    def show_standing(agency: str) -> queries.Standing:
        """How this service stands at the moment."""
        with door.reading() as session:
            return queries.standing(session, participant)

    @api.post("/<agency>/machine/held/retry")
    @guard(Permission.MACHINE_RUN)
    @api.arguments(schemas.HeldStreamRefSchema)
    @api.response(200, schemas.RetriedHeldSchema)
    def retry_held(given: dict[str, str], agency: str) -> commands.Retried:
        """Apply a stream's held events again, in their order, up to the first that fails."""
        with door.transaction() as session:
            return commands.retry(session, door.current_officer(), participant, **given)

    @api.post("/<agency>/machine/held/<uuid:event_id>/skip")
    @guard(Permission.MACHINE_RUN)
    @api.arguments(schemas.SkipHeldSchema)
    @api.response(204)
    def skip_held(given: dict[str, str], agency: str, event_id: UUID) -> None:
        """Leave one held event out for good; the reason is kept."""
        with door.transaction() as session:
            commands.skip(session, door.current_officer(), participant, event_id, given["reason"])

    @api.post("/<agency>/machine/subscribers/<subscriber>/resume")
    @guard(Permission.MACHINE_RUN)
    @api.response(200, schemas.ResumedSubscriberSchema)
    def resume_subscriber(agency: str, subscriber: str) -> dict[str, Any]:
        """Send to a halted subscriber again, once both histories agree."""
        with door.transaction() as session:
            return {"partitions": commands.resume(session, door.current_officer(), subscriber)}

    return api
