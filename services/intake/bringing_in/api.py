"""Door 1 for programs: taking over a programme that has run on paper."""

from collections.abc import Sequence
from typing import Any

from flask_babel import get_locale

from services.intake.bringing_in import commands, rules, schemas
from services.intake.bringing_in.rules import Line
from shared.identity.permissions import Permission
from shared.web import door
from shared.web.api import Blueprint
from shared.web.guard import guard

blueprint = Blueprint("bringing_in", __name__, description="Journeys that began on paper")


@blueprint.post("/<agency>/journeys/brought-in")
@guard(Permission.JOURNEYS_BRING_IN)
@blueprint.arguments(schemas.ActsBroughtIn)
@blueprint.response(200, schemas.Outcome)
def bring_in(given: dict[str, Any], agency: str) -> dict[str, Any]:
    """Let journeys begin after what was done on paper; what cannot be brought in is named and hinders nobody else."""
    acts = [Line(**each, line=number) for number, each in enumerate(given.pop("acts"), start=1)]
    return _outcome(lines=acts, **given)


@blueprint.post("/<agency>/journeys/brought-in/list")
@guard(Permission.JOURNEYS_BRING_IN)
@blueprint.arguments(schemas.ListBroughtIn)
@blueprint.response(200, schemas.Outcome)
def bring_in_list(given: dict[str, Any], agency: str) -> dict[str, Any]:
    """The same from a list with a heading."""
    return _outcome(lines=rules.lines_of(given.pop("text")), **given)


def _outcome(*, programme: str, lines: Sequence[Line], version: int | None, look: bool) -> dict[str, Any]:
    with door.transaction() as session:
        does = commands.look if look else commands.bring_in
        found = does(session, door.current_officer(), programme, lines, version)
    language = str(get_locale() or "id")
    return {
        "looked": look,
        "acts": found.acts,
        "brought_in": [
            {
                "subject_id": each.subject_id,
                "journey_id": None if look else each.journey_id,
                "lines": each.lines,
                "acts": each.acts,
                "began_on": each.began_on,
                "stages": each.stages,
            }
            for each in found.brought_in
        ],
        "refused": [
            {"lines": each.lines, "code": each.why.code, "detail": each.why.message(language)} for each in found.refused
        ],
    }
