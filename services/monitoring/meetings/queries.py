"""What can be told of meetings: which there are, what stands on their agendas, and which tasks came of them."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from services.monitoring.flow.models import JourneyFigure
from services.monitoring.meetings.models import AgendaItem, AgendaWish, Attendance, Meeting, Task
from services.monitoring.meetings.rules import Reason, TaskState
from shared.identity import offices
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.kernel.errors import NotFound
from shared.referrals.models import Referral
from shared.referrals.rules import OPEN
from shared.storage.arrays import among

LATEST = (Meeting.meets_on, Meeting.id)
IN_ORDER = (AgendaItem.number, AgendaItem.id)
DUE_FIRST = (Task.due_on, Task.id)
MOST_CHOICES = 12
UNDONE = (TaskState.OPEN, TaskState.ACCEPTED)
OWED = (*UNDONE, TaskState.RETURNED)


def meetings(officer: Officer, agency: str) -> Select[Any]:
    """The meetings that an officer may read; read them by `LATEST`."""
    return select(Meeting).where(Meeting.agency == agency, among(Meeting.office, offices.readable(officer)))


def meeting(session: Session, officer: Officer, agency: str, meeting_id: UUID) -> Meeting:
    """One meeting; raises NotFound where the officer may not read it."""
    found = session.scalar(meetings(officer, agency).where(Meeting.id == meeting_id))
    if found is None:
        raise NotFound(what="meeting")
    return found


def agenda(meeting_id: UUID) -> Select[Any]:
    """The items of a meeting; read them by `IN_ORDER`."""
    return select(AgendaItem).where(AgendaItem.meeting_id == meeting_id)


def items_by_reason(session: Session, meeting_id: UUID) -> dict[Reason, int]:
    """How many items stand on the agenda for each reason."""
    rows = session.execute(
        select(AgendaItem.reason, func.count().label("number"))
        .where(AgendaItem.meeting_id == meeting_id)
        .group_by(AgendaItem.reason)
    )
    counted = {each.reason: each.number for each in rows}
    return {reason: counted[reason] for reason in Reason if reason in counted}


def attendance(session: Session, meeting_id: UUID) -> Sequence[Attendance]:
    """Who came, by office."""
    return session.scalars(
        select(Attendance).where(Attendance.meeting_id == meeting_id).order_by(Attendance.agency, Attendance.office)
    ).all()


def versions_of(session: Session, journeys: Collection[UUID]) -> dict[UUID, int]:
    """By which version of its programme each of these journeys goes."""
    rows = session.execute(select(JourneyFigure.id, JourneyFigure.version).where(among(JourneyFigure.id, journeys)))
    return {row.id: row.version for row in rows}


def decisions(session: Session, meeting_id: UUID) -> Sequence[Task]:
    """What a meeting decided, in the order in which it was written down."""
    return session.scalars(select(Task).where(Task.meeting_id == meeting_id).order_by(Task.id)).all()


def open_from_before(session: Session, meeting: Meeting) -> Sequence[Task]:
    """What earlier meetings of this office gave out and nobody had done when this one was held, or has by now."""
    until = meeting.held_at or clock.now()
    return session.scalars(
        select(Task)
        .join(Meeting, Meeting.id == Task.meeting_id)
        .where(
            Meeting.office == meeting.office,
            Task.meeting_id != meeting.id,
            Task.assigned_at < until,
            or_(Task.done_at.is_(None), Task.done_at > until),
            or_(Task.ended_at.is_(None), Task.ended_at > until),
        )
        .order_by(*DUE_FIRST)
    ).all()


def tasks(officer: Officer, agency: str, *, done: bool = False, overdue: bool = False) -> Select[Any]:
    """The tasks of an office: what is to be done, of that only what is late, or what was done; by `DUE_FIRST`."""
    wanted = select(Task).where(Task.agency == agency, among(Task.office, offices.readable(officer)))
    if done:
        return wanted.where(Task.state == TaskState.DONE)
    wanted = wanted.where(Task.state.in_(UNDONE))
    return wanted.where(_is_late()) if overdue else wanted


def returned(officer: Officer, agency: str) -> Select[Any]:
    """The tasks that offices gave back to the one which convened the meeting; by `DUE_FIRST`."""
    convened = select(Meeting.id).where(Meeting.agency == agency, among(Meeting.office, offices.readable(officer)))
    return select(Task).where(Task.state == TaskState.RETURNED, Task.meeting_id.in_(convened))


def returned_tasks(session: Session, officer: Officer, agency: str) -> int:
    """How many tasks have come back to an office that had convened."""
    return session.scalar(select(func.count()).select_from(returned(officer, agency).subquery())) or 0


def task(session: Session, officer: Officer, agency: str, task_id: UUID) -> Task:
    """A task of an office that is still owed; raises NotFound."""
    found = session.scalar(tasks(officer, agency).where(Task.id == task_id))
    if found is None:
        raise NotFound(what="task")
    return found


def returned_task(session: Session, officer: Officer, agency: str, task_id: UUID) -> tuple[Task, Meeting]:
    """A task that came back to an office, and the meeting that had given it; raises NotFound."""
    found = session.scalar(returned(officer, agency).where(Task.id == task_id))
    if found is None:
        raise NotFound(what="task")
    return found, session.get_one(Meeting, found.meeting_id)


def late_tasks(session: Session, officer: Officer, agency: str) -> int:
    """How many tasks of an office are past their day."""
    return session.scalar(select(func.count()).select_from(tasks(officer, agency, overdue=True).subquery())) or 0


def decided_on(session: Session, meeting_id: UUID, journey_ids: Collection[UUID]) -> dict[UUID, list[Task]]:
    """The decisions of a meeting about each of these journeys."""
    found: dict[UUID, list[Task]] = {each: [] for each in journey_ids}
    about = select(Task).where(Task.meeting_id == meeting_id, among(Task.journey_id, journey_ids)).order_by(Task.id)
    for task in session.scalars(about):
        if task.journey_id is not None:
            found[task.journey_id].append(task)
    return found


def waiting_on(session: Session, meeting_id: UUID) -> list[UUID]:
    """The referrals whose stage waits for this very meeting."""
    return list(
        session.scalars(
            select(AgendaItem.referral_id).where(
                AgendaItem.meeting_id == meeting_id, AgendaItem.reason == Reason.WAITING
            )
        )
    )


def about(referral: Referral) -> Select[Any]:
    """The meetings of a referral's office that are about its area and programme; read them by `LATEST`."""
    return select(Meeting).where(
        Meeting.office == referral.office,
        Meeting.cancelled_at.is_(None),
        or_(Meeting.area == referral.area, func.starts_with(referral.area, Meeting.area + ".")),
        or_(func.cardinality(Meeting.programmes) == 0, Meeting.programmes.contains([referral.programme])),
    )


def held_since(session: Session, referral: Referral) -> Sequence[Meeting]:
    """Meetings at which this referral's stage can have been discussed, the latest first."""
    offered_on = referral.offered_at.astimezone(clock.zone()).date()
    held = about(referral).where(Meeting.held_at.is_not(None), Meeting.meets_on >= offered_on)
    return session.scalars(held.order_by(*(each.desc() for each in LATEST)).limit(MOST_CHOICES)).all()


def upcoming(session: Session, referral: Referral) -> Meeting | None:
    """The next meeting at which this referral's stage is going to be discussed."""
    return session.scalar(about(referral).where(Meeting.held_at.is_(None)).order_by(*LATEST).limit(1))


def last_held(session: Session, referral: Referral) -> Meeting | None:
    """The latest meeting held for a referral's area and programme, whenever that was."""
    held = about(referral).where(Meeting.held_at.is_not(None))
    return session.scalar(held.order_by(*(each.desc() for each in LATEST)).limit(1))


def audit(session: Session) -> Iterator[str]:
    """What a meeting on record left behind: a stage that still waits for it, a decision that is nobody's task."""
    held = select(Meeting.id).where(Meeting.held_at.is_not(None))
    waiting = (
        select(AgendaItem.meeting_id, AgendaItem.referral_id)
        .join(Referral, Referral.id == AgendaItem.referral_id)
        .where(AgendaItem.meeting_id.in_(held), AgendaItem.reason == Reason.WAITING, Referral.state.in_(OPEN))
    )
    for each in session.execute(waiting):
        yield f"meeting {each.meeting_id} was held, and referral {each.referral_id} still waits for it"
    for task in session.scalars(select(Task.id).where(Task.meeting_id.in_(held), Task.state == TaskState.DECIDED)):
        yield f"decision {task} of a meeting that was held is nobody's task"
    ended = select(JourneyFigure.id).where(JourneyFigure.id == Task.journey_id, JourneyFigure.ended_at.is_not(None))
    for task in session.scalars(select(Task.id).where(Task.state.in_(OWED), ended.exists())):
        yield f"task {task} is about a journey that has ended, and goes on"


def _is_late() -> ColumnElement[bool]:
    return Task.due_on < clock.today()


def wishes(session: Session, journeys: Collection[UUID]) -> dict[UUID, str]:
    """Why a coordinator wants these journeys discussed, the latest word about each."""
    rows = session.execute(
        select(AgendaWish.journey_id, AgendaWish.words)
        .where(among(AgendaWish.journey_id, journeys))
        .order_by(AgendaWish.asked_at)
    )
    return {journey: words for journey, words in rows}  # noqa: C416
