"""Door 1 for programs: who is away, who stands in, and who acts for a post."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.intake.accounts.queries import account
from services.intake.acting import commands, queries, schemas
from services.intake.acting.queries import Standing
from shared.identity.permissions import Permission
from shared.web import door
from shared.web.api import Blueprint
from shared.web.guard import guard

blueprint = Blueprint("acting", __name__, description="Leave, and who acts for a post")


@blueprint.get("/account/standing")
@guard(Permission.ACCOUNT_OWN)
@blueprint.response(200, schemas.StandingSchema)
def show_own() -> Standing:
    """The officer's own leave, and what she acts in."""
    with door.reading() as session:
        return queries.of_officer(session, door.current_officer().id)


@blueprint.get("/<agency>/officers/away")
@guard(Permission.ACCOUNTS_READ)
@blueprint.response(200, schemas.OfficesStandingSchema)
def list_away(agency: str) -> dict[str, Any]:
    """Who is away or acts, today or later, at the offices that the officer sees."""
    officer = door.current_officer()
    with door.reading() as session:
        found = queries.of_offices(session, officer)
        return {
            "leaves": found.leaves,
            "appointments": found.appointments,
            "without_counsellor": queries.without_counsellor(session, officer),
        }


@blueprint.get("/<agency>/officers/<uuid:account_id>/standing")
@guard(Permission.ACCOUNTS_READ)
@blueprint.response(200, schemas.StandingSchema)
def show_standing(agency: str, account_id: UUID) -> Standing:
    """All leave of an officer and all that she acted in, the latest first."""
    with door.reading() as session:
        return queries.of_officer(session, account(session, door.current_officer(), account_id).id)


@blueprint.post("/<agency>/officers/<uuid:account_id>/leave")
@guard(Permission.ACCOUNTS_LEAVE)
@blueprint.arguments(schemas.LeaveNotedSchema)
@blueprint.response(201, schemas.StandingSchema)
def note_leave(given: dict[str, Any], agency: str, account_id: UUID) -> Standing:
    """Note that an officer is away, and who stands in for her."""
    with door.transaction() as session:
        commands.note_leave(session, door.current_officer(), account_id, **given)
        return _of(session, account_id)


@blueprint.post("/<agency>/officers/<uuid:account_id>/leave/<uuid:leave_id>/end")
@guard(Permission.ACCOUNTS_LEAVE)
@blueprint.response(200, schemas.StandingSchema)
def end_leave(agency: str, account_id: UUID, leave_id: UUID) -> Standing:
    """Note that she is back today; one that had not begun is taken back."""
    with door.transaction() as session:
        commands.end_leave(session, door.current_officer(), account_id, leave_id)
        return _of(session, account_id)


@blueprint.post("/<agency>/officers/<uuid:account_id>/acting")
@guard(Permission.ACCOUNTS_ACTING)
@blueprint.arguments(schemas.AppointmentMadeSchema)
@blueprint.response(201, schemas.StandingSchema)
def appoint(given: dict[str, Any], agency: str, account_id: UUID) -> Standing:
    """Let an officer act for a post of her office, by a letter."""
    with door.transaction() as session:
        commands.appoint(session, door.current_officer(), account_id, **given)
        return _of(session, account_id)


@blueprint.post("/<agency>/officers/<uuid:account_id>/acting/<uuid:appointment_id>/end")
@guard(Permission.ACCOUNTS_ACTING)
@blueprint.arguments(schemas.AppointmentEndedSchema)
@blueprint.response(200, schemas.StandingSchema)
def end_appointment(given: dict[str, Any], agency: str, account_id: UUID, appointment_id: UUID) -> Standing:
    """End an appointment before its last day; her access ends with it, and she signs in as herself."""
    with door.transaction() as session:
        commands.end_appointment(session, door.current_officer(), account_id, appointment_id, **given)
        return _of(session, account_id)


def _of(session: Session, account_id: UUID) -> Standing:
    return queries.of_officer(session, account_id)
