"""What meetings gave an officer's office to do, and what came back to it, as rows of her start page."""

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.monitoring.meetings import queries
from services.monitoring.meetings.models import Task
from services.monitoring.meetings.rules import TaskState
from shared.desk import rows
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel.calendar import end_of_day
from shared.web import access


def tasks(session: Session, officer: Officer) -> rows.Part:
    """The tasks of her own office, the earliest due first."""
    if not access.holds(officer, Permission.TASKS_DO):
        return rows.Part()
    owed = queries.tasks(officer, officer.agency).where(Task.office == officer.office)
    found = session.scalars(owed.order_by(*queries.DUE_FIRST).limit(rows.MOST)).all()
    total = session.scalar(select(func.count()).select_from(owed.subquery())) or 0
    return rows.listed([_row(officer, each) for each in found], total)


def returned(session: Session, officer: Officer) -> rows.Part:
    """The tasks that offices gave back to hers, in one row."""
    if not access.holds(officer, Permission.MEETINGS_RUN):
        return rows.Part()
    number = queries.returned_tasks(session, officer, officer.agency)
    if not number:
        return rows.Part()
    what = ngettext("%(num)d task came back to your office", "%(num)d tasks came back to your office", number)
    return rows.listed(
        [rows.Row("returned-tasks", _("Decide"), what, "", f"/monitoring/{officer.agency}/tasks?returned=true")]
    )


def _row(officer: Officer, task: Task) -> rows.Row:
    due_at = end_of_day(task.due_on)
    return rows.Row(
        kind="task",
        act=_("Do the task") if task.state is TaskState.ACCEPTED else _("Answer"),
        what=task.decision,
        about=_("Task of a meeting"),
        address=f"/monitoring/{officer.agency}/tasks#finish-{task.id}",
        **(rows.dated(task.assigned_at, due_at) if task.assigned_at else {"due_at": due_at}),
    )


SOURCES = (tasks, returned)
