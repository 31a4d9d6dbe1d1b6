"""Door 1 for people: send a registry file, watch it come in, see what was refused, look a person up."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from services.intake.registry import doors, notes, queries, schemas, shown
from services.intake.registry.words import COLUMNS
from shared import places
from shared.identity.permissions import Permission
from shared.kernel.errors import Invalid
from shared.notes import pages as notes_pages
from shared.notes import queries as noted
from shared.web import door, forms, posting
from shared.web.guard import guard
from shared.web.language import language
from shared.web.rates import costly, searching

pages = Blueprint("registry_pages", __name__, template_folder="templates")
notes_pages.add(pages, "intake", notes.KIND)
pages.url_value_preprocessor(doors.allow_large_files)


@pages.get("/<agency>/imports")
@guard(Permission.REGISTRY_READ)
def imports(agency: str, form: forms.Form | None = None) -> str:
    """The imports of the office, and the form for one more."""
    with door.reading() as session:
        return render_template(
            "registry/imports.html",
            agency=agency,
            page=queries.import_runs(session, door.current_officer(), request.args.get("after"), 20),
            form=form or forms.blank(),
            columns=[dialects[0] for dialects in COLUMNS.values()],
        )


@pages.post("/<agency>/imports")
@guard(Permission.REGISTRY_IMPORT)
@posting.sent_from(imports)
@costly
def begin_import(agency: str) -> Response:
    """Take a registry file in."""
    try:
        run = doors.take_in(agency, request.files.get("file") or FileStorage())
    except Invalid as wrong:
        raise wrong.at("file") from wrong
    return redirect(f"/intake/{agency}/imports/{run.id}", 303)


@pages.get("/<agency>/imports/<uuid:import_id>")
@guard(Permission.REGISTRY_READ)
def show_import(agency: str, import_id: UUID) -> str:
    """How far an import has come and what was refused; asked by htmx, only the progress."""
    with door.reading() as session:
        run = queries.import_run(session, door.current_officer(), import_id)
        refusals = queries.refusals(session, run, request.args.get("after"), 50)
        template = "registry/progress.html" if "HX-Request" in request.headers else "registry/import.html"
        return render_template(
            template,
            agency=agency,
            run=run,
            refusals=refusals,
            sentences=[queries.sentence(each, language()) for each in refusals.items],
        )


@pages.post("/<agency>/imports/<uuid:import_id>/again")
@guard(Permission.REGISTRY_IMPORT)
@posting.sent_from(show_import)
def start_import_again(agency: str, import_id: UUID) -> Response:
    """Go on with an import that has failed."""
    doors.start_again(import_id)
    return redirect(f"/intake/{agency}/imports/{import_id}", 303)


@pages.get("/<agency>/persons")
@guard(Permission.REGISTRY_READ)
def persons(agency: str) -> str:
    """The persons of an area; every look is logged."""
    area = request.args.get("area") or None
    with door.transaction() as session:
        found = queries.persons(session, door.current_officer(), area, request.args.get("after"), 50)
        people = doors.looked_at(session, found.items, "list of an area")
        return _persons(agency, [queries.summary(each) for each in people], forms.blank(), area, found.next)


def _nobody(agency: str, form: forms.Form) -> str:
    return _persons(agency, [], form, None, None)


@pages.post("/<agency>/persons")
@guard(Permission.REGISTRY_READ)
@posting.sent_from(_nobody)
@searching
def search_persons(agency: str) -> Response:
    """Look somebody up by her NIK, which never stands in an address."""
    nik = forms.load(schemas.NikSchema(), request.form)["nik"]
    try:
        with door.transaction() as session:
            found = doors.look_up(session, nik)
    except Invalid as wrong:
        raise wrong.at("nik") from wrong
    if found:
        return redirect(f"/intake/{agency}/persons/{found[0].id}", 303)
    flash(_("Nobody in your area bears this NIK."), "info")
    return redirect(f"/intake/{agency}/persons", 303)


@pages.get("/<agency>/persons/<uuid:person_id>")
@guard(Permission.REGISTRY_READ)
def show_person(agency: str, person_id: UUID, form: forms.Form | None = None) -> str:
    """Everything about one person; the look is logged."""
    officer = door.current_officer()
    with door.looking() as session:
        person = doors.look_at(session, person_id)
        return render_template(
            "registry/person.html",
            agency=agency,
            person=person,
            labels=shown.labels(),
            form=form or forms.blank(person["contact_wish"] or {}),
            notes=noted.latest(session, officer, notes.find(session, officer, person_id)),
            note_form=forms.blank().marked("note-"),
        )


@pages.post("/<agency>/persons/<uuid:person_id>/contact-wish")
@guard(Permission.REGISTRY_CHANGE)
@posting.sent_from(show_person)
def note_contact_wish(agency: str, person_id: UUID) -> Response:
    """Keep how a person wishes to be reached."""
    given = forms.load(schemas.ContactWishSchema(), request.form)
    with door.transaction() as session:
        doors.note_wish(session, person_id, given)
    return posting.done(_("Saved."), f"/intake/{agency}/persons/{person_id}")


def _persons(
    agency: str, people: list[dict[str, object]], form: forms.Form, area: str | None, following: str | None
) -> str:
    officer = door.current_officer()
    return render_template(
        "registry/persons.html",
        agency=agency,
        people=people,
        form=form,
        next=following,
        area=area or "",
        areas=[(code, places.name_of(code)) for code in _around(officer.areas, area)],
        labels=shown.labels(),
    )


def _around(own: tuple[str, ...], area: str | None) -> list[str]:
    """The areas to choose from: one's own, and those below the area that is shown."""
    inside = area or (own[0] if len(own) == 1 else None)
    chosen = [*own, *([area] if area and area not in own else [])]
    if inside and places.is_known(inside):
        chosen += [each.code for each in places.children(inside)]
    return list(dict.fromkeys(chosen))
