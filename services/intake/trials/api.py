"""Door 1 for programs: check a programme's file, try it on the registry, and see who would qualify."""

from typing import Any
from uuid import UUID

from services.intake.trials import commands, doors, queries, schemas
from services.intake.trials.models import ProgrammeTrial
from shared.identity.permissions import Permission
from shared.programmes import apart
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard
from shared.web.rates import costly

blueprint = Blueprint("trials", __name__, description="A programme tried on the registry before it is published")


@blueprint.post("/<agency>/trials/check")
@guard(Permission.PROGRAMMES_TRY)
@blueprint.arguments(schemas.FileText)
@blueprint.response(200, schemas.FileChecked)
@costly
def check_file(given: dict[str, str], agency: str) -> dict[str, Any]:
    """What is wrong in a programme's file, line by line; nothing is stored."""
    found = apart.findings(given["text"])
    return {"sound": not found, "findings": found}


@blueprint.post("/<agency>/trials")
@guard(Permission.PROGRAMMES_TRY)
@blueprint.arguments(schemas.TrialAsked)
@blueprint.response(202, schemas.TrialLine)
@costly
def begin_trial(given: dict[str, Any], agency: str) -> ProgrammeTrial:
    """Try a programme on the registry in the background; nothing is published."""
    return doors.begin(**given)


@blueprint.get("/<agency>/trials")
@guard(Permission.PROGRAMMES_TRY)
@blueprint.arguments(paging.PageQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.TrialLine))
def list_trials(query: dict[str, Any], agency: str) -> paging.Page[ProgrammeTrial]:
    """The dry runs of the officer's office, the latest first."""
    with door.reading() as session:
        return queries.trials(session, door.current_officer(), **query)


@blueprint.get("/<agency>/trials/example")
@guard(Permission.PROGRAMMES_TRY)
@blueprint.response(200, schemas.FileText)
def show_example(agency: str) -> dict[str, str]:
    """A made-up programme for the officer's area, to be changed into one's own."""
    return {"text": doors.example_for(door.current_officer())}


@blueprint.get("/<agency>/trials/<uuid:trial_id>")
@guard(Permission.PROGRAMMES_TRY)
@blueprint.response(200, schemas.TrialReport)
def show_trial(agency: str, trial_id: UUID) -> queries.TrialRead:
    """How far a dry run has come and what it has found."""
    with door.reading() as session:
        return queries.trial(session, door.current_officer(), trial_id)


@blueprint.post("/<agency>/trials/<uuid:trial_id>/cancel")
@guard(Permission.PROGRAMMES_TRY)
@blueprint.response(200, schemas.TrialLine)
def cancel_trial(agency: str, trial_id: UUID) -> ProgrammeTrial:
    """End a dry run before its time; what it had counted is kept."""
    with door.transaction() as session:
        return commands.cancel_trial(session, door.current_officer(), trial_id)


@blueprint.post("/<agency>/trials/<uuid:trial_id>/again")
@guard(Permission.PROGRAMMES_TRY)
@blueprint.response(202, schemas.TrialLine)
def start_trial_again(agency: str, trial_id: UUID) -> ProgrammeTrial:
    """Go on with a dry run that has failed, where it stopped."""
    return doors.start_again(trial_id)
