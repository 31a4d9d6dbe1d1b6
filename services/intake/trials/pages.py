"""Door 1 for people: send a programme's file or choose a published one, watch it being tried, see who would qualify."""

import re
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.intake.journeys import publishing
from services.intake.trials import commands, doors, queries, words
from shared.identity.permissions import Permission
from shared.kernel import storable
from shared.programmes import apart
from shared.programmes.findings import ProgrammeInvalid
from shared.web import door, forms, posting
from shared.web.guard import guard
from shared.web.language import language
from shared.web.rates import costly

VERSION = re.compile(r"[0-9]{1,9}")

pages = Blueprint("trials_pages", __name__, template_folder="templates")


@pages.get("/<agency>/trials")
@guard(Permission.PROGRAMMES_TRY)
def list_trials(agency: str, form: forms.Form | None = None, invalid: ProgrammeInvalid | None = None) -> str:
    """The dry runs of the office, and the form for one more."""
    with door.reading() as session:
        page = queries.trials(session, door.current_officer(), request.args.get("after"), 20)
        offered = publishing.offered_to(session, door.current_officer())
        published = [each for every in offered for each in publishing.versions(session, every.id)]
        return render_template(
            "trials/list.html",
            agency=agency,
            form=form or forms.filled(request.args),
            page=page,
            invalid=invalid,
            choices=[(f"{each.id} {each.version}", words.choice(each, language())) for each in published],
            words=words,
        )


@pages.post("/<agency>/trials")
@guard(Permission.PROGRAMMES_TRY)
@posting.sent_from(list_trials)
@costly
def begin_trial(agency: str) -> Response:
    """Check what was sent, and try it unless only the check was asked for."""
    file = request.files.get("file")
    name = storable.plain_name(file.filename) if file else None
    try:
        text = doors.as_text(file.stream.read()) if file and name else None
        if text is not None and request.form.get("only") == "check":
            apart.read(text, name or "")
            return posting.done(_("%(file)s is sound.", file=name), f"/intake/{agency}/trials")
        programme, _sep, version = request.form.get("programme", "").partition(" ")
        run = doors.begin(text, name, programme or None, int(version) if VERSION.fullmatch(version) else None)
    except ProgrammeInvalid as invalid:  # the page says of each mistake where it stands, and how it is mended
        return make_response(list_trials(agency, forms.filled(request.form), invalid), 422)
    return redirect(f"/intake/{agency}/trials/{run.id}", 303)


@pages.get("/<agency>/trials/example")
@guard(Permission.PROGRAMMES_TRY)
def download_example(agency: str) -> Response:
    """A made-up programme for the officer's area, to be changed into one's own."""
    answer = make_response(doors.example_for(door.current_officer()))
    answer.content_type = "application/yaml; charset=utf-8"
    answer.headers.set("Content-Disposition", "attachment", filename="contoh.yaml")
    return answer


@pages.get("/<agency>/trials/<uuid:trial_id>")
@guard(Permission.PROGRAMMES_TRY)
def show_trial(agency: str, trial_id: UUID) -> str:
    """How far a dry run has come and what it has found; asked by htmx, only that."""
    with door.reading() as session:
        found = queries.trial(session, door.current_officer(), trial_id)
        template = "trials/found.html" if "HX-Request" in request.headers else "trials/trial.html"
        return render_template(
            template, agency=agency, run=found.run, programme=found.programme, report=found.report, words=words
        )


@pages.post("/<agency>/trials/<uuid:trial_id>/cancel")
@guard(Permission.PROGRAMMES_TRY)
@posting.sent_from(show_trial)
def cancel_trial(agency: str, trial_id: UUID) -> Response:
    """End a dry run before its time."""
    with door.transaction() as session:
        commands.cancel_trial(session, door.current_officer(), trial_id)
    return posting.done(_("The trial is cancelled."), f"/intake/{agency}/trials/{trial_id}")


@pages.post("/<agency>/trials/<uuid:trial_id>/again")
@guard(Permission.PROGRAMMES_TRY)
@posting.sent_from(show_trial)
def start_trial_again(agency: str, trial_id: UUID) -> Response:
    """Go on with a dry run that has failed."""
    doors.start_again(trial_id)
    return redirect(f"/intake/{agency}/trials/{trial_id}", 303)
