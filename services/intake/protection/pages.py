"""The compartment for people: what is due, one case, the wish for a talk, and a head's request to read."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.intake.protection import commands, doors, queries, rules, schemas, words
from services.intake.protection.api import CASE, GLASS, ROOT
from services.intake.protection.terms import terms
from shared.identity.permissions import Permission
from shared.kernel import clock
from shared.places import name_of
from shared.web import door, forms, posting
from shared.web.confirming import Asked
from shared.web.guard import guard, unrecorded

pages = Blueprint("protection_pages", __name__, template_folder="templates")


@pages.get(ROOT)
@guard(Permission.PROTECTION_WORK)
@unrecorded
def due(agency: str, form: forms.Form | None = None) -> str:
    """What the office's counsellors owe, and the office's cases."""
    with door.looking() as session:
        return render_template(
            "protection/due.html",
            due=commands.look_at_due(session, door.current_officer()),
            form=form or forms.blank(),
            root=_root(agency),
            words=words,
            terms=terms(),
        )


@pages.get(f"{ROOT}/ask")
@guard(Permission.PROTECTION_ASK)
@unrecorded
def ask_form(agency: str, form: forms.Form | None = None) -> str:
    """The form in which any officer writes down that a woman asks for a conversation."""
    rules.of_dp3a(door.current_officer())
    form = form or forms.blank({"person_id": request.args.get("person", "")})
    return render_template("protection/ask.html", form=form, root=_root(agency))


@pages.post(f"{ROOT}/requests")
@guard(Permission.PROTECTION_ASK)
@unrecorded
@posting.sent_from(ask_form)
def ask_for_talk(agency: str) -> Response:
    """Write down that a woman asks for a conversation; nothing is told back."""
    given = forms.load(schemas.WhoSchema(), request.form)
    with door.transaction() as session:
        commands.ask_for_talk(session, door.current_officer(), doors.whom(session, given))
    return posting.done(_("It is written down for the counsellors."), f"{_root(agency)}/ask")


@pages.post(f"{ROOT}/requests/<uuid:request_id>/settle")
@guard(Permission.PROTECTION_WORK)
@unrecorded
@posting.sent_from(due)
def settle_request(agency: str, request_id: UUID) -> Response:
    """Lay a wish aside that needs no case."""
    given = forms.load(schemas.SettleSchema(), request.form)
    with door.transaction() as session:
        commands.settle_request(session, door.current_officer(), request_id, given["reason"])
    return posting.done(_("The wish is laid aside."), _root(agency))


@pages.get(f"{ROOT}/cases/new")
@guard(Permission.PROTECTION_WORK)
@unrecorded
def new_case(agency: str, form: forms.Form | None = None) -> str:
    """The form in which a case is opened."""
    rules.may_read(door.current_officer())
    form = form or forms.blank({"request_id": request.args.get("request", "")})
    return render_template("protection/new.html", form=form, root=_root(agency), words=words, terms=terms())


@pages.post(f"{ROOT}/cases")
@guard(Permission.PROTECTION_WORK)
@unrecorded
@posting.sent_from(new_case)
def open_case(agency: str) -> Response:
    """Open a case."""
    given = forms.load(schemas.OpenCaseSchema(), request.form)
    with door.transaction() as session:
        opened = commands.open_case(session, door.current_officer(), **doors.opening(session, given))
    return redirect(_case(agency, opened.id), 303)


@pages.get(f"{ROOT}/cases")
@guard(Permission.PROTECTION_WORK)
@unrecorded
def list_cases(agency: str) -> str:
    """The office's cases, the latest first."""
    query = forms.load(schemas.CaseQuery(), request.args)
    state = query.pop("state")
    with door.transaction() as session:
        page = commands.look_at_cases(session, door.current_officer(), state, **query)
        parameters = {"state": state} if state else {}
        return render_template(
            "protection/cases.html", page=page, root=_root(agency), parameters=parameters, words=words
        )


@pages.get(CASE)
@guard(Permission.PROTECTION_WORK)
@unrecorded
def case(agency: str, case_id: UUID, form: forms.Form | None = None) -> str:
    """One case with all that was done."""
    form = form or forms.blank()
    with door.looking() as session:
        found = queries.described(session, commands.look_at_case(session, door.current_officer(), case_id))
        return render_template(
            "protection/case.html",
            case=found,
            form=form,
            contact_form=form if "channel" in form.values else forms.blank(found["safe_contact"] or {}),
            step_kinds=[each for each in words.steps().items() if each[0] not in rules.TOLD_BY_ITSELF],
            programmes=queries.programmes_onward(session, door.current_officer()),
            today=clock.today().isoformat(),
            root=_root(agency),
            terms=terms(),
            words=words,
            name_of=name_of,
        )


@pages.post(f"{CASE}/safe-contact")
@guard(Permission.PROTECTION_WORK)
@unrecorded
@posting.sent_from(case)
def keep_safe_contact(agency: str, case_id: UUID) -> Response:
    """Keep how she may be reached without danger."""
    given = forms.load(schemas.ContactWishSchema(), request.form)
    with door.transaction() as session:
        commands.keep_safe_contact(session, door.current_officer(), case_id, given)
    return posting.done(_("Saved."), _case(agency, case_id))


@pages.post(f"{CASE}/steps")
@guard(Permission.PROTECTION_WORK)
@unrecorded
@posting.sent_from(case)
def note_step(agency: str, case_id: UUID) -> Response:
    """Write down what was done for her."""
    given = forms.load(schemas.StepSchema(), request.form)
    with door.transaction() as session:
        commands.note_step(session, door.current_officer(), case_id, **given, once=doors.once())
    return posting.done(_("The step is noted."), _case(agency, case_id))


@pages.post(f"{CASE}/report-clock")
@guard(Permission.PROTECTION_WORK)
@unrecorded
@posting.sent_from(case)
def start_report_clock(agency: str, case_id: UUID) -> Response:
    """Start the clock of the report to the police."""
    with door.transaction() as session:
        commands.start_report_clock(session, door.current_officer(), case_id)
    return posting.done(_("The clock of the report runs."), _case(agency, case_id))


@pages.post(f"{CASE}/report")
@guard(Permission.PROTECTION_WORK)
@unrecorded
@posting.sent_from(case)
def report_to_police(agency: str, case_id: UUID) -> Response:
    """Write down the report to the police, or why there is none."""
    given = forms.load(schemas.ReportSchema(), request.form)
    with door.transaction() as session:
        commands.report_to_police(session, door.current_officer(), case_id, **given, once=doors.once())
    return posting.done(_("The report is noted."), _case(agency, case_id))


def _closing(agency: str, case_id: UUID) -> Asked:
    forms.load(schemas.CloseSchema(), request.form)
    return Asked(
        _("You are about to close this case"),
        [
            _("Its clocks stop: nobody is reminded any more to speak to her or to report."),
            _("Nothing can be noted in it any more; should she come again, another case is opened."),
        ],
        _("Yes, close the case"),
    )


@pages.post(f"{CASE}/close")
@guard(Permission.PROTECTION_WORK)
@unrecorded
@posting.sent_from(case, asking=_closing, is_tried=False)
def close_case(agency: str, case_id: UUID) -> Response:
    """Close the case."""
    given = forms.load(schemas.CloseSchema(), request.form)
    with door.transaction() as session:
        commands.close_case(session, door.current_officer(), case_id, **given)
    return posting.done(_("The case is closed."), _case(agency, case_id))


@pages.post(f"{CASE}/onward")
@guard(Permission.PROTECTION_WORK)
@unrecorded
@posting.sent_from(case)
def refer_onward(agency: str, case_id: UUID) -> Response:
    """Open her journey in a programme."""
    given = forms.load(schemas.OnwardSchema(), request.form)
    with door.transaction() as session:
        commands.refer_onward(session, door.current_officer(), case_id, given["programme"], doors.once())
    return posting.done(_("Her journey is open."), _case(agency, case_id))


@pages.get(f"{ROOT}/glass")
@guard(Permission.PROTECTION_BREAK_GLASS)
@unrecorded
def glasses(agency: str, form: forms.Form | None = None) -> str:
    """What a head asked to read without the role, and the form to ask."""
    form = form or forms.blank()
    with door.looking() as session:
        asked = commands.look_at_glasses(session, door.current_officer())
        return render_template("protection/glasses.html", asked=asked, form=form, root=_root(agency), words=words)


@pages.post(f"{ROOT}/glass")
@guard(Permission.PROTECTION_BREAK_GLASS)
@unrecorded
@posting.sent_from(glasses)
def ask_to_read(agency: str) -> Response:
    """Ask to read about a woman; the answer is the same whether there is something or nothing."""
    given = forms.load(schemas.AskToReadSchema(), request.form)
    with door.transaction() as session:
        person = doors.whom(session, given)
        commands.ask_to_read(session, door.current_officer(), person, given["reason"])
    return posting.done(_("The request waits for a second person."), f"{_root(agency)}/glass")


@pages.get(GLASS)
@guard(Permission.PROTECTION_BREAK_GLASS)
@unrecorded
def look_through_glass(agency: str, glass_id: UUID) -> str:
    """Read with a second person's leave."""
    with door.transaction() as session:
        cases = commands.look_through_glass(session, door.current_officer(), glass_id)
        return render_template("protection/glass.html", cases=cases, root=_root(agency), words=words)


@pages.post(f"{GLASS}/decide")
@guard(Permission.PROTECTION_WORK)
@unrecorded
@posting.sent_from(due)
def decide_on_glass(agency: str, glass_id: UUID) -> Response:
    """Let somebody without the role read, or not."""
    given = forms.load(schemas.DecideSchema(), request.form)
    with door.transaction() as session:
        commands.decide_on_glass(session, door.current_officer(), glass_id, **given)
    return posting.done(_("Your decision is noted."), _root(agency))


@pages.get(f"{ROOT}/log")
@guard(Permission.PROTECTION_WORK)
@unrecorded
def read_log(agency: str) -> str:
    """The compartment's own log."""
    before = forms.load(schemas.LogQuery(), request.args)["before"]
    with door.transaction() as session:
        lines = commands.look_at_log(session, door.current_officer(), before)
        return render_template("protection/log.html", lines=lines, root=_root(agency), words=words)


def _root(agency: str) -> str:
    return f"/intake/{agency}/protection"


def _case(agency: str, case_id: UUID) -> str:
    return f"{_root(agency)}/cases/{case_id}"
