"""Door 1 for programs: the published programmes, as a list and each as a whole."""

from typing import Any

from services.intake.programmes import queries, schemas
from services.intake.programmes.queries import Published
from shared.identity.permissions import Permission
from shared.web import door
from shared.web.api import Blueprint
from shared.web.guard import guard

blueprint = Blueprint("programmes", __name__, description="The published programmes")
WHOLE = ("reference_date", "sources", "eligibility", "compatibility", "graduates", "text")
LINE = ("id", "version", "title", "budget_year", "region", "lead", "subject")


@blueprint.get("/<agency>/programmes")
@guard(Permission.PROGRAMMES_READ)
@blueprint.response(200, schemas.ProgrammeList)
def list_programmes(agency: str) -> dict[str, Any]:
    """Every published programme in its newest version."""
    with door.reading() as session:
        return {"items": [_line(each) for each in queries.published(session)]}


@blueprint.get("/<agency>/programmes/<programme_id>")
@guard(Permission.PROGRAMMES_READ)
@blueprint.arguments(schemas.VersionAsked, location="query")
@blueprint.response(200, schemas.ProgrammeShown)
def show_programme(query: dict[str, Any], agency: str, programme_id: str) -> dict[str, Any]:
    """A programme as a whole, with the text of its file."""
    with door.reading() as session:
        found = queries.programme(session, programme_id, query["version"])
        whole = {name: getattr(found.programme, name) for name in WHOLE}
        rows = {"figures": found.programme.figures.values(), "stages": found.programme.stages.values()}
        return {**_line(found), **whole, **{name: list(each) for name, each in rows.items()}}


def _line(found: Published) -> dict[str, Any]:
    versions = [{"version": number, "published_at": at} for number, at in found.versions.items()]
    return {**{name: getattr(found.programme, name) for name in LINE}, "versions": versions}
