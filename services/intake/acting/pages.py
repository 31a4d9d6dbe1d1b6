"""Door 1 for people: who is away and who acts, at an office and for one officer."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.intake.accounts.queries import account
from services.intake.acting import commands, queries, schemas, words
from shared.identity.permissions import Permission
from shared.kernel import clock
from shared.web import access, door, forms, posting
from shared.web.guard import guard

pages = Blueprint("acting_pages", __name__, template_folder="templates")
ONE = "/<agency>/officers/<uuid:account_id>"


@pages.get("/<agency>/officers/away")
@guard(Permission.ACCOUNTS_READ)
def list_away(agency: str) -> str:
    """Who is away or acts, today or later, at the offices that she sees."""
    officer = door.current_officer()
    with door.reading() as session:
        return render_template(
            "acting/away.html",
            agency=agency,
            standing=queries.of_offices(session, officer),
            without_counsellor=queries.without_counsellor(session, officer),
            today=clock.today(),
            words=words,
        )


@pages.get(f"{ONE}/away")
@guard(Permission.ACCOUNTS_READ)
def show_standing(agency: str, account_id: UUID, form: forms.Form | None = None) -> str:
    """One officer's leave and what she acts in, with the forms for both."""
    officer = door.current_officer()
    with door.reading() as session:
        found = account(session, officer, account_id)
        own = agency == officer.agency and found.active
        return render_template(
            "acting/officer.html",
            agency=agency,
            account=found,
            standing=queries.of_officer(session, account_id),
            colleagues=[(str(each.id), each.name) for each in queries.colleagues(session, found)],
            leave_form=_of_this(form, "/leave"),
            acting_form=_of_this(form, "/acting"),
            today=clock.today(),
            may_leave=own and access.holds(officer, Permission.ACCOUNTS_LEAVE),
            may_appoint=own and access.holds(officer, Permission.ACCOUNTS_ACTING) and officer.id != account_id,
            words=words,
        )


@pages.post(f"{ONE}/leave")
@guard(Permission.ACCOUNTS_LEAVE)
@posting.sent_from(show_standing)
def note_leave(agency: str, account_id: UUID) -> Response:
    """Note that she is away."""
    given = forms.load(schemas.LeaveNotedSchema(), request.form)
    with door.transaction() as session:
        commands.note_leave(session, door.current_officer(), account_id, **given)
    return posting.done(_("Noted. All offices know of it within seconds."), _own(agency, account_id))


@pages.post(f"{ONE}/leave/<uuid:leave_id>/end")
@guard(Permission.ACCOUNTS_LEAVE)
@posting.sent_from(show_standing)
def end_leave(agency: str, account_id: UUID, leave_id: UUID) -> Response:
    """Note that she is back today."""
    with door.transaction() as session:
        commands.end_leave(session, door.current_officer(), account_id, leave_id)
    return posting.done(_("The leave has ended."), _own(agency, account_id))


@pages.post(f"{ONE}/acting")
@guard(Permission.ACCOUNTS_ACTING)
@posting.sent_from(show_standing)
def appoint(agency: str, account_id: UUID) -> Response:
    """Let her act for a post."""
    given = forms.load(schemas.AppointmentMadeSchema(), request.form)
    with door.transaction() as session:
        commands.appoint(session, door.current_officer(), account_id, **given)
    said = _("She acts for this post on these days. What she has open follows within minutes.")
    return posting.done(said, _own(agency, account_id))


@pages.post(f"{ONE}/acting/<uuid:appointment_id>/end")
@guard(Permission.ACCOUNTS_ACTING)
@posting.sent_from(show_standing)
def end_appointment(agency: str, account_id: UUID, appointment_id: UUID) -> Response:
    """End an appointment before its last day."""
    given = forms.load(schemas.AppointmentEndedSchema(), request.form)
    with door.transaction() as session:
        commands.end_appointment(session, door.current_officer(), account_id, appointment_id, **given)
    return posting.done(_("The appointment has ended; she signs in again as herself."), _own(agency, account_id))


def _of_this(form: forms.Form | None, sent_to: str) -> forms.Form:
    """What was typed into the one of the page's two forms that was sent; the other one is blank."""
    return form if form is not None and request.path.endswith(sent_to) else forms.blank()


def _own(agency: str, account_id: UUID) -> str:
    return f"/intake/{agency}/officers/{account_id}/away"
