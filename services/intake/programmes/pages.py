"""Door 1 for people: the published programmes, each drawn and told in plain words, with its file and its versions."""

from flask import Blueprint, Response, render_template, request

from services.intake.programmes import queries, schemas, words
from services.intake.proposals.queries import how_many_wait
from shared.identity.permissions import Permission
from shared.programmes.kinds import kind
from shared.programmes.layout import BOX_HEIGHT, BOX_WIDTH, layout_of
from shared.web import access, door, forms
from shared.web.guard import guard

pages = Blueprint("programmes_pages", __name__, template_folder="templates")


@pages.get("/<agency>/programmes")
@guard(Permission.PROGRAMMES_READ)
def list_programmes(agency: str) -> str:
    """Every published programme in its newest version."""
    with door.reading() as session:
        return render_template(
            "programmes/list.html",
            agency=agency,
            found=queries.published(session),
            waiting=how_many_wait(session),
            may_try=access.holds(door.current_officer(), Permission.PROGRAMMES_TRY),
            words=words,
        )


@pages.get("/<agency>/programmes/<programme_id>")
@guard(Permission.PROGRAMMES_READ)
def show_programme(agency: str, programme_id: str) -> str:
    """One version of a programme as a whole."""
    version = forms.load(schemas.VersionAsked(), request.args)["version"]
    with door.reading() as session:
        found = queries.programme(session, programme_id, version)
        return render_template(
            "programmes/programme.html",
            agency=agency,
            found=found,
            programme=found.programme,
            drawn=layout_of(found.programme),
            box={"width": BOX_WIDTH, "height": BOX_HEIGHT},
            kind=kind,
            may_try=access.holds(door.current_officer(), Permission.PROGRAMMES_TRY),
            words=words,
        )


@pages.get("/<agency>/programmes/<programme_id>/file")
@guard(Permission.PROGRAMMES_READ)
def download_file(agency: str, programme_id: str) -> Response:
    """The file of one version, word for word as it was published."""
    version = forms.load(schemas.VersionAsked(), request.args)["version"]
    with door.reading() as session:
        programme = queries.programme(session, programme_id, version).programme
    answer = Response(programme.text, content_type="application/yaml; charset=utf-8")
    name = f"{programme.id}-{programme.version}.yaml"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
