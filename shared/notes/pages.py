"""Door 1 for people: the notes on one thing, and the form in which one is struck out."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from shared.notes import commands, queries, schemas
from shared.notes.kinds import Kind
from shared.notes.rules import LONGEST
from shared.web import door, forms, posting
from shared.web.guard import guard


def add(pages: Blueprint, service: str, kind: Kind) -> None:
    """Give a slice's pages the notes on its things; they stand on the thing's own page, too."""
    notes = f"/<agency>/{kind.part}/<uuid:about_id>/notes"
    pages.register_blueprint(Blueprint(f"{kind.about}_note_templates", __name__, template_folder="templates"))

    def address(agency: str, about_id: UUID) -> str:
        return f"/{service}/{agency}/{kind.part}/{about_id}"

    @pages.get(notes, endpoint=f"{kind.about}_notes")
    @guard(kind.permission)
    def all_notes(agency: str, about_id: UUID, form: forms.Form | None = None) -> str:
        """All notes on it, and the form for one more; the look is logged."""
        officer = door.current_officer()
        with door.looking() as session:
            noted = kind.find(session, officer, about_id)
            found = queries.notes(session, officer, noted, request.args.get("after"), limit=50)
        return render_template(
            "notes/list.html",
            about=kind.about.value,
            notes=found,
            closed=noted.closed,
            form=form or forms.blank(),
            longest=LONGEST,
            address=address(agency, about_id),
        )

    @pages.post(notes, endpoint=f"write_{kind.about}_note")
    @guard(kind.permission)
    @posting.sent_from(all_notes)
    def write(agency: str, about_id: UUID) -> Response:
        """Write a note."""
        officer = door.current_officer()
        given = forms.load(schemas.NoteWritten(), request.form)
        with door.transaction() as session:
            commands.write_note(session, officer, kind.find(session, officer, about_id), **given)
        return posting.done(_("The note is written."), f"{address(agency, about_id)}#notes")

    @pages.get(f"{notes}/<uuid:note_id>/strike", endpoint=f"{kind.about}_note_struck")
    @guard(kind.permission)
    def striking(agency: str, about_id: UUID, note_id: UUID, form: forms.Form | None = None) -> str:
        """The form in which one says why a note is struck out."""
        officer = door.current_officer()
        with door.looking() as session:
            found = queries.note(session, kind.find(session, officer, about_id), note_id)
            note = queries.line(officer, found)
        return render_template(
            "notes/strike.html",
            about=kind.about.value,
            note=note,
            form=form or forms.blank(),
            address=address(agency, about_id),
        )

    @pages.post(f"{notes}/<uuid:note_id>/strike", endpoint=f"strike_{kind.about}_note")
    @guard(kind.permission)
    @posting.sent_from(striking)
    def strike(agency: str, about_id: UUID, note_id: UUID) -> Response:
        """Strike a note out."""
        officer = door.current_officer()
        given = forms.load(schemas.NoteStruck(), request.form)
        with door.transaction() as session:
            commands.strike_note(session, officer, kind.find(session, officer, about_id), note_id, **given)
        return posting.done(_("The note is struck out."), f"{address(agency, about_id)}#notes")
