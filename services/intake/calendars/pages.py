"""Door 1 for people: the calendars of the administrator's areas, and the form by which a decree is added."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.intake.calendars import commands, queries, rules, schemas
from shared.events.intake import DayKind
from shared.identity.permissions import Permission
from shared.kernel.errors import Invalid
from shared.web import access, door, forms, messages, posting
from shared.web.guard import guard
from shared.web.messages import N_
from shared.web.navigation import Link

pages = Blueprint("calendars_pages", __name__, template_folder="templates")
MENU = Link(N_("Calendar"), "/intake/{agency}/calendars", Permission.CALENDARS_READ)
LARGEST_FILE = 128 * 1024
KINDS = {
    DayKind.HOLIDAY: N_("Day off"),
    DayKind.JOINT_LEAVE: N_("Joint leave"),
    DayKind.WORKING: N_("Offices open"),
}
EXAMPLE = """region: "64.02"
source:
  number: "100.3.4/12/2027"
  date: 2027-01-04
  issuer: Bupati Kutai Kartanegara
days:
  - {day: 2027-02-12, kind: holiday, name: Hari jadi}
  - {day: 2027-03-09, kind: joint-leave, name: Cuti bersama}
"""


@pages.get("/<agency>/calendars")
@guard(Permission.CALENDARS_READ)
def list_calendars(agency: str, form: forms.Form | None = None, seen: commands.Look | None = None) -> str:
    """The decrees of the administrator's areas, and the form by which one is added."""
    officer = door.current_officer()
    with door.reading() as session:
        return render_template(
            "calendars/list.html",
            agency=agency,
            found=queries.decrees(session, officer),
            form=form or forms.blank(),
            seen=seen,
            look=queries.described(seen.decree) if seen else None,
            kinds={kind: _(label) for kind, label in KINDS.items()},
            example=EXAMPLE,
            may_change=access.holds(officer, Permission.CALENDARS_CHANGE),
        )


@pages.post("/<agency>/calendars")
@guard(Permission.CALENDARS_CHANGE)
@posting.sent_from(list_calendars)
def add_calendar(agency: str) -> str | Response:
    """Look at a calendar file, or add what it says."""
    text = _file_sent()
    adds, officer = "add" in request.form, door.current_officer()
    with door.transaction() as session:
        try:
            given = commands.read(text)
            if adds:
                commands.add(session, officer, given)
                said = _("The decree is in the calendar. Open dates are being counted anew.")
                return posting.done(said, f"/intake/{agency}/calendars")
            seen = commands.look(session, officer, given)
        except ValidationError as wrong:
            raise Invalid(errors=messages.of_schema(wrong.messages)) from wrong
        except Invalid as wrong:
            raise wrong if wrong.errors else wrong.at("text") from None
    return list_calendars(agency, form=forms.blank({"text": text}), seen=seen)


@pages.post("/<agency>/calendars/<uuid:decree_id>/remove")
@guard(Permission.CALENDARS_CHANGE)
@posting.sent_from(list_calendars)
def remove_calendar(agency: str, decree_id: UUID) -> Response:
    """Take a decree out of the calendar."""
    given = forms.load(schemas.DecreeRemoval(), request.form)
    with door.transaction() as session:
        commands.remove(session, door.current_officer(), decree_id, **given)
    said = _("The decree is out of the calendar. Open dates are being counted anew.")
    return posting.done(said, f"/intake/{agency}/calendars")


def _file_sent() -> str:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return request.form.get("text", "")
    try:
        return sent.stream.read(LARGEST_FILE + 1).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise rules.NoCalendar().at("file") from None
