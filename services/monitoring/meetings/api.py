"""Meetings and their tasks, for programs."""

from typing import Any
from uuid import UUID

from services.monitoring.meetings import commands, doors, queries, schemas
from services.monitoring.meetings.models import AgendaItem, Meeting, Task
from shared.identity.permissions import Permission
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard

blueprint = Blueprint("meetings", __name__, description="Meetings across agencies, and the tasks that come of them")
MEETING = "/<agency>/meetings/<uuid:meeting_id>"
TASK = "/<agency>/tasks/<uuid:task_id>"


@blueprint.get("/<agency>/meetings")
@guard(Permission.MEETINGS_READ)
@blueprint.arguments(schemas.MeetingQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.MeetingLineSchema))
def list_meetings(query: dict[str, Any], agency: str) -> paging.Page[Meeting]:
    """The office's meetings, the latest first."""
    with door.reading() as session:
        found = queries.meetings(door.current_officer(), agency)
        return paging.page(session, found, *queries.LATEST, newest_first=True, **query)


@blueprint.post("/<agency>/meetings")
@guard(Permission.MEETINGS_RUN)
@blueprint.arguments(schemas.MeetingPlan)
@blueprint.response(201, schemas.MeetingSchema)
def convene_meeting(given: dict[str, Any], agency: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Convene a meeting; its agenda is made at once."""
    with door.transaction() as session:
        meeting = commands.convene(session, door.current_officer(), **given)
        return doors.shown(session, meeting), {"Location": f"/monitoring/v1/{agency}/meetings/{meeting.id}"}


@blueprint.get(MEETING)
@guard(Permission.MEETINGS_READ)
@blueprint.response(200, schemas.MeetingSchema)
def get_meeting(agency: str, meeting_id: UUID) -> dict[str, Any]:
    """One meeting: the tasks open from before, what stands on its agenda, what it decided and who came."""
    with door.reading() as session:
        return doors.shown(session, queries.meeting(session, door.current_officer(), agency, meeting_id))


@blueprint.get(f"{MEETING}/agenda")
@guard(Permission.MEETINGS_READ)
@blueprint.arguments(schemas.AgendaQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.AgendaItemSchema))
def list_agenda(query: dict[str, Any], agency: str, meeting_id: UUID) -> paging.Page[AgendaItem]:
    """The items of a meeting's agenda, in their order."""
    with door.reading() as session:
        queries.meeting(session, door.current_officer(), agency, meeting_id)
        return paging.page(session, queries.agenda(meeting_id), *queries.IN_ORDER, **query)


@blueprint.post(f"{MEETING}/agenda")
@guard(Permission.MEETINGS_RUN)
@blueprint.response(200, schemas.MeetingSchema)
def renew_agenda(agency: str, meeting_id: UUID) -> dict[str, Any]:
    """Make the agenda anew from what is known now."""
    with door.transaction() as session:
        return doors.shown(session, commands.renew_agenda(session, door.current_officer(), meeting_id))


@blueprint.post(f"{MEETING}/decisions")
@guard(Permission.MEETINGS_RUN)
@blueprint.arguments(schemas.DecisionSchema)
@blueprint.response(201, schemas.TaskSchema)
def decide(given: dict[str, Any], agency: str, meeting_id: UUID) -> Task:
    """Write a decision down: who does what until when."""
    with door.transaction() as session:
        return commands.decide(session, door.current_officer(), meeting_id, **given)


@blueprint.post(f"{MEETING}/decisions/<uuid:task_id>/strike")
@guard(Permission.MEETINGS_RUN)
@blueprint.response(204)
def strike_decision(agency: str, meeting_id: UUID, task_id: UUID) -> None:
    """Take a decision back while the meeting is under way."""
    with door.transaction() as session:
        commands.strike_decision(session, door.current_officer(), meeting_id, task_id)


@blueprint.post(f"{MEETING}/hold")
@guard(Permission.MEETINGS_RUN)
@blueprint.arguments(schemas.MeetingHeld)
@blueprint.response(200, schemas.MeetingSchema)
def hold_meeting(given: dict[str, Any], agency: str, meeting_id: UUID) -> dict[str, Any]:
    """Close the meeting with its minutes: decisions become tasks, what waited for it is discussed."""
    with door.transaction() as session:
        return doors.shown(session, commands.hold(session, door.current_officer(), meeting_id, **given))


@blueprint.post(f"{MEETING}/cancel")
@guard(Permission.MEETINGS_RUN)
@blueprint.arguments(schemas.MeetingCancelled)
@blueprint.response(200, schemas.MeetingSchema)
def cancel_meeting(given: dict[str, Any], agency: str, meeting_id: UUID) -> dict[str, Any]:
    """Call the meeting off."""
    with door.transaction() as session:
        return doors.shown(session, commands.cancel(session, door.current_officer(), meeting_id, given["reason"]))


@blueprint.get("/<agency>/tasks")
@guard(Permission.TASKS_READ)
@blueprint.arguments(schemas.TaskQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.TaskSchema))
def list_tasks(query: dict[str, Any], agency: str) -> paging.Page[Task]:
    """The tasks that meetings gave to the office, the earliest due first."""
    with door.reading() as session:
        return paging.page(session, doors.tasks(door.current_officer(), agency, query), *queries.DUE_FIRST, **query)


@blueprint.post(f"{TASK}/accept")
@guard(Permission.TASKS_DO)
@blueprint.response(200, schemas.TaskSchema)
def accept_task(agency: str, task_id: UUID) -> Task:
    """Take a task on."""
    with door.transaction() as session:
        return commands.accept_task(session, door.current_officer(), task_id)


@blueprint.post(f"{TASK}/finish")
@guard(Permission.TASKS_DO)
@blueprint.arguments(schemas.TaskDone)
@blueprint.response(200, schemas.TaskSchema)
def finish_task(given: dict[str, Any], agency: str, task_id: UUID) -> Task:
    """Say what was done."""
    with door.transaction() as session:
        return commands.finish_task(session, door.current_officer(), task_id, given["note"])


@blueprint.post(f"{TASK}/return")
@guard(Permission.TASKS_DO)
@blueprint.arguments(schemas.TaskReturned)
@blueprint.response(200, schemas.TaskSchema)
def return_task(given: dict[str, Any], agency: str, task_id: UUID) -> Task:
    """Give a task back to the office that convened the meeting, with the reason."""
    with door.transaction() as session:
        return commands.return_task(session, door.current_officer(), task_id, given["reason"])


@blueprint.post(f"{TASK}/pass-on")
@guard(Permission.MEETINGS_RUN)
@blueprint.arguments(schemas.TaskPassedOn)
@blueprint.response(200, schemas.TaskSchema)
def pass_on_task(given: dict[str, Any], agency: str, task_id: UUID) -> Task:
    """Give a task that came back to another office, until a new day."""
    with door.transaction() as session:
        return commands.pass_on_task(session, door.current_officer(), task_id, **given)


@blueprint.post(f"{TASK}/strike")
@guard(Permission.MEETINGS_RUN)
@blueprint.response(200, schemas.TaskSchema)
def strike_task(agency: str, task_id: UUID) -> Task:
    """Let a task that came back go."""
    with door.transaction() as session:
        return commands.strike_task(session, door.current_officer(), task_id)
