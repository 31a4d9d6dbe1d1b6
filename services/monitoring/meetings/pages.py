"""Meetings for people: the list, one meeting with its agenda and decisions, and an office's tasks."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.monitoring.flow import queries as flow
from services.monitoring.flow.pages import titles
from services.monitoring.meetings import commands, doors, queries, rules, schemas
from services.monitoring.money import queries as money
from shared.identity import offices
from shared.identity.permissions import Permission
from shared.referrals import naming
from shared.referrals.words import counted_anew
from shared.web import access, door, forms, paging, posting
from shared.web.confirming import Asked
from shared.web.guard import guard
from shared.web.language import language
from shared.web.messages import N_
from shared.web.showing import or_english

pages = Blueprint("meetings_pages", __name__, template_folder="templates")
MEETING = "/<agency>/meetings/<uuid:meeting_id>"
TASK = "/<agency>/tasks/<uuid:task_id>"
MOST_SHOWN = 10
"""Tasks that came back, above those to be done; all of them stand in a list of their own."""

WORDS: Mapping[str, str] = {
    "waiting": N_("Waits for this meeting"),
    "asked": N_("A coordinator wants it discussed"),
    "overdue": N_("Overdue"),
    "unanswered": N_("Never answered"),
    "stuck": N_("Came back, to be decided"),
    "stalled": N_("Business stalled"),
    "fund": N_("Fund nearly used"),
    "planned": N_("Planned"),
    "held": N_("Held"),
    "cancelled": N_("Cancelled"),
    "decided": N_("Decided"),
    "open": N_("New"),
    "accepted": N_("Taken on"),
    "done": N_("Done"),
    "returned": N_("Given back"),
    "ended": N_("No longer to be done"),
}


pages.app_template_filter("counted_anew")(counted_anew)


@pages.app_template_filter()
def meeting_word(code: str) -> str:
    """What a person reads for a reason of an agenda, and for the state of a meeting or a task."""
    return str(_(WORDS[code]))


@pages.get("/<agency>/meetings")
@guard(Permission.MEETINGS_READ)
def list_meetings(agency: str) -> str:
    """The office's meetings, the latest first."""
    query = forms.load(schemas.MeetingQuery(), request.args)
    officer = door.current_officer()
    with door.reading() as session:
        found = paging.page(session, queries.meetings(officer, agency), *queries.LATEST, newest_first=True, **query)
        return render_template(
            "meetings/meetings.html",
            page=found,
            address=_meetings(agency),
            may_convene=access.holds(officer, Permission.MEETINGS_RUN) and officer.agency == agency,
        )


@pages.get("/<agency>/meetings/new")
@guard(Permission.MEETINGS_RUN)
def convene_form(agency: str, form: forms.Form | None = None) -> str:
    """The form to convene a meeting."""
    officer = door.current_officer()
    return render_template(
        "meetings/convene.html",
        form=form or forms.blank({"area": officer.areas[0]}),
        address=_meetings(agency),
        programmes=sorted({each.id: each.title.to(language()) for each in flow.programmes_of(officer)}.items()),
    )


@pages.post("/<agency>/meetings")
@guard(Permission.MEETINGS_RUN)
@posting.sent_from(convene_form)
def convene_meeting(agency: str) -> Response:
    """Convene a meeting."""
    given = forms.load(schemas.MeetingPlan(), request.form)
    with door.transaction() as session:
        meeting = commands.convene(session, door.current_officer(), **given)
    return posting.done(_("The meeting is convened, and its agenda is made."), f"{_meetings(agency)}/{meeting.id}")


@pages.get(MEETING)
@guard(Permission.MEETINGS_READ)
def show_meeting(agency: str, meeting_id: UUID, form: forms.Form | None = None) -> str:
    """One meeting: open tasks first, then its agenda, its decisions and who came."""
    officer = door.current_officer()
    query = forms.load(schemas.AgendaQuery(), request.args)
    with door.reading() as session:
        meeting = queries.meeting(session, officer, agency, meeting_id)
        items = paging.page(session, queries.agenda(meeting.id), *queries.IN_ORDER, **query)
        concerned = rules.concerned(offices.open_offices(), meeting.area)
        return render_template(
            "meetings/meeting.html",
            meeting=doors.shown(session, meeting),
            items=items,
            versions=queries.versions_of(session, {each.journey_id for each in items.items if each.journey_id}),
            names=naming.listed_journeys((each.journey_id for each in items.items if each.journey_id), "agenda"),
            form=form or forms.blank(),
            address=f"{_meetings(agency)}/{meeting.id}",
            agency=agency,
            offices=[(each.id, each.name) for each in sorted(concerned.values(), key=lambda each: each.name)],
            wishes=queries.wishes(session, {each.journey_id for each in items.items if each.journey_id}),
            fund_titles=_fund_titles(session, {each.fund_id for each in items.items if each.fund_id}),
            titles=titles(),
            may_change=access.holds(officer, Permission.MEETINGS_RUN)
            and officer.office == meeting.office
            and meeting.state == "planned",
        )


@pages.post(f"{MEETING}/agenda")
@guard(Permission.MEETINGS_RUN)
@posting.sent_from(show_meeting)
def renew_agenda(agency: str, meeting_id: UUID) -> Response:
    """Make the agenda anew."""
    with door.transaction() as session:
        commands.renew_agenda(session, door.current_officer(), meeting_id)
    return posting.done(_("The agenda is made anew."), f"{_meetings(agency)}/{meeting_id}")


@pages.post(f"{MEETING}/decisions")
@guard(Permission.MEETINGS_RUN)
@posting.sent_from(show_meeting)
def decide(agency: str, meeting_id: UUID) -> Response:
    """Write a decision down."""
    given = forms.load(schemas.DecisionSchema(), request.form)
    with door.transaction() as session:
        commands.decide(session, door.current_officer(), meeting_id, **given)
    return posting.done(_("The decision is written down."), f"{_meetings(agency)}/{meeting_id}")


@pages.post(f"{MEETING}/decisions/<uuid:task_id>/strike")
@guard(Permission.MEETINGS_RUN)
@posting.sent_from(show_meeting)
def strike_decision(agency: str, meeting_id: UUID, task_id: UUID) -> Response:
    """Take a decision back."""
    with door.transaction() as session:
        commands.strike_decision(session, door.current_officer(), meeting_id, task_id)
    return posting.done(_("The decision is struck."), f"{_meetings(agency)}/{meeting_id}")


@pages.post(f"{MEETING}/hold")
@guard(Permission.MEETINGS_RUN)
@posting.sent_from(show_meeting)
def hold_meeting(agency: str, meeting_id: UUID) -> Response:
    """Close the meeting with its minutes."""
    given = forms.load(schemas.MeetingHeld(), request.form)
    with door.transaction() as session:
        commands.hold(session, door.current_officer(), meeting_id, **given)
    said = _("The meeting is on record; the decisions are tasks now, and what waited for it is discussed.")
    return posting.done(said, f"{_meetings(agency)}/{meeting_id}")


def _cancelling(agency: str, meeting_id: UUID) -> Asked:
    return Asked(
        _("You are about to call this meeting off"),
        [
            _("Every office that was invited sees that it is off, and why."),
            _("What stood on its agenda waits for another meeting."),
            _("It cannot be taken back."),
        ],
        _("Yes, call it off"),
    )


@pages.post(f"{MEETING}/cancel")
@guard(Permission.MEETINGS_RUN)
@posting.sent_from(show_meeting, asking=_cancelling)
def cancel_meeting(agency: str, meeting_id: UUID) -> Response:
    """Call the meeting off."""
    given = forms.load(schemas.MeetingCancelled(), request.form)
    with door.transaction() as session:
        commands.cancel(session, door.current_officer(), meeting_id, given["reason"])
    return posting.done(_("The meeting is cancelled."), f"{_meetings(agency)}/{meeting_id}")


@pages.get("/<agency>/tasks")
@guard(Permission.TASKS_READ)
def list_tasks(agency: str, form: forms.Form | None = None) -> str:
    """The tasks that meetings gave to the office, the earliest due first."""
    query = forms.load(schemas.TaskQuery(), request.args)
    chosen = next((name for name in ("done", "overdue", "returned") if query[name]), "")
    officer = door.current_officer()
    with door.reading() as session:
        found = doors.tasks(officer, agency, query)
        passes_on = access.holds(officer, Permission.MEETINGS_RUN)
        back = queries.returned(officer, agency).order_by(*queries.DUE_FIRST).limit(MOST_SHOWN)
        return render_template(
            "meetings/tasks.html",
            page=paging.page(session, found, *queries.DUE_FIRST, **query),
            late=queries.late_tasks(session, officer, agency),
            came_back=session.scalars(back).all() if passes_on and not chosen else [],
            returned=queries.returned_tasks(session, officer, agency),
            form=form or forms.blank(),
            chosen=chosen,
            agency=agency,
            address=_tasks(agency),
            asked={name: value for name, value in request.args.items() if name != "after" and value},
            may_do=access.holds(officer, Permission.TASKS_DO),
            may_pass_on=passes_on,
            office=officer.office,
        )


@pages.post(f"{TASK}/accept")
@guard(Permission.TASKS_DO)
@posting.sent_from(list_tasks)
def accept_task(agency: str, task_id: UUID) -> Response:
    """Take a task on."""
    with door.transaction() as session:
        commands.accept_task(session, door.current_officer(), task_id)
    return posting.done(_("You have taken this task on."), _tasks(agency))


@pages.post(f"{TASK}/finish")
@guard(Permission.TASKS_DO)
@posting.sent_from(list_tasks)
def finish_task(agency: str, task_id: UUID) -> Response:
    """Say what was done."""
    given = forms.load(schemas.TaskDone(), request.form)
    with door.transaction() as session:
        commands.finish_task(session, door.current_officer(), task_id, given["note"])
    return posting.done(_("The task is done."), _tasks(agency))


@pages.get(f"{TASK}/return")
@guard(Permission.TASKS_DO)
def return_form(agency: str, task_id: UUID, form: forms.Form | None = None) -> str:
    """The form in which an office says why it cannot do a task."""
    with door.reading() as session:
        task = queries.task(session, door.current_officer(), agency, task_id)
        address = _tasks(agency)
        return render_template("meetings/return.html", task=task, form=form or forms.blank(), address=address)


def _returning(agency: str, task_id: UUID) -> Asked:
    return Asked(
        _("You are about to give this task back"),
        [
            _("It leaves your office's list."),
            _("The office that convened the meeting reads your reason, and passes it to another one or strikes it."),
        ],
        _("Yes, give it back"),
    )


@pages.post(f"{TASK}/return")
@guard(Permission.TASKS_DO)
@posting.sent_from(return_form, asking=_returning)
def return_task(agency: str, task_id: UUID) -> Response:
    """Give a task back to the office that convened the meeting."""
    given = forms.load(schemas.TaskReturned(), request.form)
    with door.transaction() as session:
        commands.return_task(session, door.current_officer(), task_id, given["reason"])
    return posting.done(_("The task has gone back to the office that convened the meeting."), _tasks(agency))


@pages.get(f"{TASK}/pass-on")
@guard(Permission.MEETINGS_RUN)
def passing_on_form(agency: str, task_id: UUID, form: forms.Form | None = None) -> str:
    """The form in which the convening office finds another way for a task that came back."""
    with door.reading() as session:
        task, meeting = queries.returned_task(session, door.current_officer(), agency, task_id)
        concerned = rules.concerned(offices.open_offices(), meeting.area)
        return render_template(
            "meetings/pass_on.html",
            task=task,
            offices=[(each.id, each.name) for each in sorted(concerned.values(), key=lambda each: each.name)],
            form=form or forms.blank({"office": task.office}),
            address=_tasks(agency),
        )


@pages.post(f"{TASK}/pass-on")
@guard(Permission.MEETINGS_RUN)
@posting.sent_from(passing_on_form)
def pass_on_task(agency: str, task_id: UUID) -> Response:
    """Give a task that came back to another office."""
    given = forms.load(schemas.TaskPassedOn(), request.form)
    with door.transaction() as session:
        commands.pass_on_task(session, door.current_officer(), task_id, **given)
    return posting.done(_("The office has the task now."), f"{_tasks(agency)}?returned=true")


def _striking(agency: str, task_id: UUID) -> Asked:
    return Asked(
        _("You are about to strike this task"),
        [_("Nobody has to do it any more; that it was decided stays in the minutes."), _("It cannot be taken back.")],
        _("Yes, strike it"),
    )


@pages.post(f"{TASK}/strike")
@guard(Permission.MEETINGS_RUN)
@posting.sent_from(passing_on_form, asking=_striking)
def strike_task(agency: str, task_id: UUID) -> Response:
    """Let a task that came back go."""
    with door.transaction() as session:
        commands.strike_task(session, door.current_officer(), task_id)
    return posting.done(_("Nobody has to do this task any more."), f"{_tasks(agency)}?returned=true")


def _fund_titles(session: Session, fund_ids: set[str]) -> dict[str, str]:
    named = {each.id: or_english(each.title, each.title_en) for each in money.funds(session, fund_ids)}
    return {each: named.get(each, each) for each in fund_ids}


def _meetings(agency: str) -> str:
    return f"/monitoring/{agency}/meetings"


def _tasks(agency: str) -> str:
    return f"/monitoring/{agency}/tasks"
