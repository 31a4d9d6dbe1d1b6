"""Meetings for people: the list, one meeting with its agenda and decisions, and an office's tasks."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.monitoring.flow import queries as flow
from services.monitoring.flow.pages import area_name, titles
from services.monitoring.meetings import commands, doors, queries, rules, schemas
from services.monitoring.meetings.commands import CONVENERS, DOERS
from services.monitoring.money import queries as money
from shared.identity import offices
from shared.identity.officer import Officer
from shared.kernel.errors import Conflict, Invalid
from shared.web import door, forms, paging, problem
from shared.web.guard import guard
from shared.web.language import language
from shared.web.messages import N_
from shared.web.showing import or_english

pages = Blueprint("meetings_pages", __name__, template_folder="templates")
MEETING = "/<agency>/meetings/<uuid:meeting_id>"
TASK = "/<agency>/tasks/<uuid:task_id>"
Page = str | Response | tuple[str, int]
NEXT_TASKS = 3

WORDS: Mapping[str, str] = {
    "waiting": N_("Waits for this meeting"),
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
}


@pages.app_template_filter()
def meeting_word(code: str) -> str:
    """What a person reads for a reason of an agenda, and for the state of a meeting or a task."""
    return str(_(WORDS[code]))


@pages.get("/<agency>/meetings")
@guard()
def list_meetings(agency: str) -> Page:
    """The office's meetings, the latest first."""
    query = forms.load(schemas.MeetingQuery(), request.args)
    officer = door.current_officer()
    with door.reading() as session:
        found = paging.page(session, queries.meetings(officer, agency), *queries.LATEST, newest_first=True, **query)
        return render_template(
            "meetings/meetings.html",
            page=found,
            address=_meetings(agency),
            area_name=area_name,
            may_convene=officer.has(*CONVENERS) and officer.agency == agency,
        )


@pages.get("/<agency>/meetings/new")
@guard(*CONVENERS)
def convene_form(agency: str) -> Page:
    """The form to convene a meeting."""
    return _convene_form(agency, forms.blank({"area": door.current_officer().areas[0]}))


@pages.post("/<agency>/meetings")
@guard(*CONVENERS)
def convene_meeting(agency: str) -> Page:
    """Convene a meeting."""
    try:
        given = forms.load(schemas.MeetingPlan(), request.form)
        with door.transaction() as session:
            meeting = commands.convene(session, door.current_officer(), **given)
    except Invalid as invalid:
        return _convene_form(agency, forms.filled(request.form, invalid)), 422
    flash(_("The meeting is convened, and its agenda is made."), "success")
    return redirect(f"{_meetings(agency)}/{meeting.id}", 303)


@pages.get(MEETING)
@guard()
def show_meeting(agency: str, meeting_id: UUID) -> Page:
    """One meeting: open tasks first, then its agenda, its decisions and who came."""
    return _meeting(agency, meeting_id, forms.blank())


@pages.post(f"{MEETING}/agenda")
@guard(*CONVENERS)
def renew_agenda(agency: str, meeting_id: UUID) -> Page:
    """Make the agenda anew."""
    return _changed(
        agency, meeting_id, _("The agenda is made anew."), lambda s, o: commands.renew_agenda(s, o, meeting_id)
    )


@pages.post(f"{MEETING}/decisions")
@guard(*CONVENERS)
def decide(agency: str, meeting_id: UUID) -> Page:
    """Write a decision down."""
    return _changed(
        agency,
        meeting_id,
        _("The decision is written down."),
        lambda s, o: commands.decide(s, o, meeting_id, **forms.load(schemas.DecisionSchema(), request.form)),
    )


@pages.post(f"{MEETING}/decisions/<uuid:task_id>/strike")
@guard(*CONVENERS)
def strike_decision(agency: str, meeting_id: UUID, task_id: UUID) -> Page:
    """Take a decision back."""
    return _changed(
        agency,
        meeting_id,
        _("The decision is struck."),
        lambda s, o: commands.strike_decision(s, o, meeting_id, task_id),
    )


@pages.post(f"{MEETING}/hold")
@guard(*CONVENERS)
def hold_meeting(agency: str, meeting_id: UUID) -> Page:
    """Close the meeting with its minutes."""
    return _changed(
        agency,
        meeting_id,
        _("The meeting is on record; the decisions are tasks now, and what waited for it is discussed."),
        lambda s, o: commands.hold(s, o, meeting_id, **forms.load(schemas.MeetingHeld(), request.form)),
    )


@pages.post(f"{MEETING}/cancel")
@guard(*CONVENERS)
def cancel_meeting(agency: str, meeting_id: UUID) -> Page:
    """Call the meeting off."""
    return _changed(
        agency,
        meeting_id,
        _("The meeting is cancelled."),
        lambda s, o: commands.cancel(s, o, meeting_id, forms.load(schemas.MeetingCancelled(), request.form)["reason"]),
    )


@pages.get("/<agency>/tasks")
@guard()
def list_tasks(agency: str) -> Page:
    """The tasks that meetings gave to the office, the earliest due first."""
    return _tasks(agency, forms.blank())


@pages.get("/<agency>/tasks/waiting")
@guard()
def waiting_tasks(agency: str) -> Page:
    """The office's next tasks: a part that the start page fetches."""
    with door.reading() as session:
        wanted = queries.tasks(door.current_officer(), agency).order_by(*queries.DUE_FIRST)
        found = session.scalars(wanted.limit(NEXT_TASKS + 1)).all()
        return render_template(
            "meetings/waiting.html",
            tasks=found[:NEXT_TASKS],
            more=len(found) > NEXT_TASKS,
            address=f"/monitoring/{agency}/tasks",
        )


@pages.post(f"{TASK}/accept")
@guard(*DOERS)
def accept_task(agency: str, task_id: UUID) -> Page:
    """Take a task on."""
    return _task_changed(agency, _("You have taken this task on."), lambda s, o: commands.accept_task(s, o, task_id))


@pages.post(f"{TASK}/finish")
@guard(*DOERS)
def finish_task(agency: str, task_id: UUID) -> Page:
    """Say what was done."""
    return _task_changed(
        agency,
        _("The task is done."),
        lambda s, o: commands.finish_task(s, o, task_id, forms.load(schemas.TaskDone(), request.form)["note"]),
    )


def _changed(agency: str, meeting_id: UUID, sentence: str, change: Callable[[Session, Officer], Any]) -> Page:
    try:
        with door.transaction() as session:
            change(session, door.current_officer())
        flash(sentence, "success")
    except Invalid as invalid:
        return _meeting(agency, meeting_id, forms.filled(request.form, invalid)), 422
    except Conflict as refused:
        problem.say(refused)
    return redirect(f"{_meetings(agency)}/{meeting_id}", 303)


def _task_changed(agency: str, sentence: str, change: Callable[[Session, Officer], Any]) -> Page:
    try:
        with door.transaction() as session:
            change(session, door.current_officer())
        flash(sentence, "success")
    except Invalid as invalid:
        return _tasks(agency, forms.filled(request.form, invalid)), 422
    except Conflict as refused:
        problem.say(refused)
    return redirect(f"/monitoring/{agency}/tasks", 303)


def _meeting(agency: str, meeting_id: UUID, form: forms.Form) -> str:
    officer = door.current_officer()
    query = forms.load(schemas.AgendaQuery(), request.args)
    with door.reading() as session:
        meeting = queries.meeting(session, officer, agency, meeting_id)
        items = paging.page(session, queries.agenda(meeting.id), *queries.IN_ORDER, **query)
        concerned = rules.concerned(offices.all_offices().values(), meeting.area)
        return render_template(
            "meetings/meeting.html",
            meeting=doors.shown(session, meeting),
            items=items,
            form=form,
            address=f"{_meetings(agency)}/{meeting.id}",
            agency=agency,
            offices=[(each.id, each.name) for each in sorted(concerned.values(), key=lambda each: each.name)],
            fund_titles=_fund_titles(session, {each.fund_id for each in items.items if each.fund_id}),
            titles=titles([*meeting.programmes, *(each.programme for each in items.items if each.programme)]),
            area_name=area_name,
            may_change=officer.has(*CONVENERS) and officer.office == meeting.office and meeting.state == "planned",
        )


def _fund_titles(session: Session, fund_ids: set[str]) -> dict[str, str]:
    named = {each.id: or_english(each.title, each.title_en) for each in money.funds(session, fund_ids)}
    return {each: named.get(each, each) for each in fund_ids}


def _tasks(agency: str, form: forms.Form) -> str:
    query = forms.load(schemas.TaskQuery(), request.args)
    done, overdue = query.pop("done"), query.pop("overdue")
    officer = door.current_officer()
    with door.reading() as session:
        found = queries.tasks(officer, agency, done=done, overdue=overdue)
        return render_template(
            "meetings/tasks.html",
            page=paging.page(session, found, *queries.DUE_FIRST, **query),
            late=queries.late_tasks(session, officer, agency),
            form=form,
            done=done,
            overdue=overdue,
            agency=agency,
            address=f"/monitoring/{agency}/tasks",
            asked={name: value for name, value in request.args.items() if name != "after" and value},
            may_do=officer.has(*DOERS),
            office=officer.office,
        )


def _convene_form(agency: str, form: forms.Form) -> str:
    hers = flow.programmes_of(door.current_officer())
    programmes = sorted({each.id: each.title.to(language()) for each in hers}.items())
    return render_template("meetings/convene.html", form=form, address=_meetings(agency), programmes=programmes)


def _meetings(agency: str) -> str:
    return f"/monitoring/{agency}/meetings"
