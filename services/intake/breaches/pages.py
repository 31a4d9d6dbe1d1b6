"""Door 1 for people: failures of protection with their clocks, the notice to print, and who was told how and when."""

from operator import itemgetter
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from services.intake.breaches import commands, doors, schemas, words
from services.intake.breaches.api import LANGUAGES
from services.intake.journeys import publishing
from services.intake.rights.terms import terms
from shared import places
from shared.identity.permissions import Permission
from shared.kernel import clock
from shared.web import access, door, forms, posting
from shared.web.guard import guard
from shared.web.language import language

pages = Blueprint("breach_pages", __name__, template_folder="templates")
PERSONS_SHOWN = 50


@pages.get("/<agency>/breaches")
@guard(Permission.BREACHES_READ)
def list_breaches(agency: str) -> str:
    """The failures that concern the officer, with what is overdue."""
    with door.reading() as session:
        return render_template(
            "breaches/list.html",
            agency=agency,
            page=doors.look_at_list(session, request.args.get("after"), 50),
            may_record=access.holds(door.current_officer(), Permission.BREACHES_RECORD)
            and agency == door.current_officer().agency,
            words=words,
        )


@pages.get("/<agency>/breaches/new")
@guard(Permission.BREACHES_RECORD)
def breach_form(agency: str, form: forms.Form | None = None) -> str:
    """The form in which a failure is recorded."""
    with door.reading() as session:
        programmes = [
            (each.id, each.title.to(language())) for each in publishing.offered_to(session, door.current_officer())
        ]
    return render_template(
        "breaches/new.html",
        agency=agency,
        form=form or forms.blank({"found_at": _typed_now()}),
        programmes=programmes,
        areas=_kecamatan(door.current_officer().areas),
        words=words,
        term=terms().breach_notice,
    )


@pages.post("/<agency>/breaches")
@guard(Permission.BREACHES_RECORD)
@posting.sent_from(breach_form)
def record_breach(agency: str) -> Response:
    """Record a failure, and go on to whom it concerns."""
    given = forms.load(schemas.BreachRecording(), _recorded(request.form))
    with door.transaction() as session:
        recorded = commands.record_breach(session, door.current_officer(), **given)
    return redirect(f"/intake/{agency}/breaches/{recorded.id}", 303)


@pages.get("/<agency>/breaches/<uuid:breach_id>")
@guard(Permission.BREACHES_READ)
def show_breach(agency: str, breach_id: UUID, form: forms.Form | None = None) -> str:
    """One failure: its clock, the authority, and for those who reach them the persons; that look is logged."""
    reaches, after = doors.reaches(), request.args.get("after")
    with door.looking() as session:
        found = doors.look_at(session, breach_id)
        people = doors.look_at_persons(session, breach_id, after, PERSONS_SHOWN) if reaches else None
    officer = door.current_officer()
    return render_template(
        "breaches/breach.html",
        agency=agency,
        found=found,
        people=people,
        form=form or forms.blank({"told_at": _typed_now()}),
        may_tell_authority=access.holds(officer, Permission.BREACHES_RECORD) and officer.office == found["office"],
        words=words,
        ways=words.offered(words.WAYS),
        term=terms().breach_notice,
    )


@pages.get("/<agency>/breaches/<uuid:breach_id>/notice")
@guard(Permission.BREACHES_READ)
def show_notice(agency: str, breach_id: UUID) -> str:
    """The notice in both languages, to be printed or sent."""
    with door.reading() as session:
        found = doors.look_at(session, breach_id)
        return render_template(
            "breaches/notice.html",
            agency=agency,
            breach_id=breach_id,
            notices=[words.notice(found, each) for each in LANGUAGES],
            term=terms().breach_notice,
        )


@pages.post("/<agency>/breaches/<uuid:breach_id>/authority")
@guard(Permission.BREACHES_RECORD)
@posting.sent_from(show_breach)
def note_authority_told(agency: str, breach_id: UUID) -> Response:
    """Note that the authority was told."""
    given = forms.load(schemas.AuthorityTold(), request.form)
    with door.transaction() as session:
        commands.note_authority_told(session, door.current_officer(), breach_id, **given)
    return posting.done(_("Saved."), f"/intake/{agency}/breaches/{breach_id}")


@pages.post("/<agency>/breaches/<uuid:breach_id>/persons/told")
@guard(Permission.BREACHES_REACH)
@posting.sent_from(show_breach)
def note_told(agency: str, breach_id: UUID) -> Response:
    """Note that the persons chosen were told."""
    given = forms.load(schemas.PersonsTold(), request.form)
    with door.transaction() as session:
        told = commands.note_told(session, door.current_officer(), breach_id, **given)
    said = ngettext("Noted for %(num)d person.", "Noted for %(num)d persons.", told)
    return posting.done(said, f"/intake/{agency}/breaches/{breach_id}")


def _typed_now() -> str:
    return clock.now().astimezone(clock.zone()).strftime("%Y-%m-%dT%H:%M")


def _recorded(form: Any) -> dict[str, Any]:
    """The form's fields; NIKs come one to a line."""
    given = {name: value for name, value in form.items() if not name.endswith("[]") and name != "niks"}
    for name in ("data", "measures"):
        given |= {f"{name}.{number}": each for number, each in enumerate(form.getlist(f"{name}[]"))}
    lines = [each.strip() for each in form.get("niks", "").splitlines() if each.strip()]
    return given | {f"niks.{number}": each for number, each in enumerate(lines)}


def _kecamatan(areas: tuple[str, ...]) -> list[tuple[str, str]]:
    """The kecamatan of an officer's areas, by name, as a form offers them."""
    found = places.below(areas, places.Level.KECAMATAN)
    return sorted((each for each in found if places.level_of(each[0]) is places.Level.KECAMATAN), key=itemgetter(1))
