"""What an office can do with meetings: convene, make the agenda, decide, hold; and what offices do with their tasks.

Everything that changes a meeting locks it first, then referrals in the order of their ids. Holding a meeting completes
the stages that waited for it, all at once.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session

from services.monitoring.flow.models import JourneyFigure
from services.monitoring.meetings import agenda, queries, rules
from services.monitoring.meetings.models import AgendaItem, AgendaWish, Attendance, Meeting, Task
from services.monitoring.meetings.rules import Reason, TaskState
from shared import calendars
from shared.calendars import Calendars
from shared.events.intake import CalendarChanged
from shared.identity import offices
from shared.identity.officer import Officer
from shared.identity.offices import Office
from shared.identity.permissions import Permission
from shared.kernel import calendar, clock, ids
from shared.kernel.errors import NotFound
from shared.programmes import library
from shared.referrals import commands as worklist
from shared.referrals.models import Referral
from shared.referrals.rules import OPEN, WAITING
from shared.referrals.work import Completion, plain
from shared.storage.arrays import among
from shared.web import access


def convene(
    session: Session, officer: Officer, *, meets_on: date, place: str, area: str, programmes: Collection[str]
) -> Meeting:
    """Convene a meeting of the officer's office, and make its agenda from what is known today."""
    access.require(officer, Permission.MEETINGS_RUN, area=area)
    known = {each.id for each in library.published().values()}
    for programme in programmes:
        if programme not in known:
            raise rules.ProgrammeUnknown(programme=programme).at("programmes")
    meeting = Meeting(
        id=ids.new_id(),
        agency=officer.agency,
        office=officer.office,
        area=area,
        programmes=sorted(set(programmes)),
        meets_on=meets_on,
        place=place,
        convened_by=officer.id,
    )
    session.add(meeting)
    session.flush()
    agenda.renew(session, meeting)
    return meeting


def renew_agenda(session: Session, officer: Officer, meeting_id: UUID) -> Meeting:
    """Make the agenda anew from what is known now; what was decided on stays."""
    meeting = _open_one(session, officer, meeting_id)
    agenda.renew(session, meeting)
    return meeting


def decide(
    session: Session,
    officer: Officer,
    meeting_id: UUID,
    *,
    decision: str,
    office: str,
    due_on: date,
    item_id: UUID | None,
) -> Task:
    """Write a decision down: who does what until when; it becomes that office's task when the meeting is held."""
    meeting = _open_one(session, officer, meeting_id)
    rules.require_begun(meeting.meets_on, clock.today())
    owner = _offices(meeting, [office], "office")[office]
    if due_on < meeting.meets_on:
        raise rules.DueBeforeMeeting(meets_on=meeting.meets_on.isoformat()).at("due_on")
    item = session.get(AgendaItem, item_id) if item_id else None
    if item_id and (item is None or item.meeting_id != meeting.id):
        raise rules.NotOnAgenda().at("item_id")
    figure = session.get(JourneyFigure, item.journey_id) if item and item.journey_id else None
    if figure is not None and figure.ended_at is not None:
        raise rules.JourneyHasEnded().at("item_id")
    task = Task(
        id=ids.new_id(),
        meeting_id=meeting.id,
        item_id=item.id if item else None,
        journey_id=item.journey_id if item else None,
        decision=decision,
        agency=owner.agency,
        office=owner.id,
        due_on=due_on,
        state=TaskState.DECIDED,
        decided_by=officer.id,
    )
    _count_from(session, task, meeting.meets_on, item.area if item and item.area else meeting.area)
    session.add(task)
    session.flush()
    return task


def strike_decision(session: Session, officer: Officer, meeting_id: UUID, task_id: UUID) -> None:
    """Take a decision back while the meeting is under way; striking it twice changes nothing."""
    meeting = _open_one(session, officer, meeting_id)
    session.execute(delete(Task).where(Task.id == task_id, Task.meeting_id == meeting.id))


def hold(
    session: Session, officer: Officer, meeting_id: UUID, *, minutes: str, attendance: Mapping[str, int]
) -> Meeting:
    """Close a meeting with its minutes: decisions become tasks, and every stage that waited for it is discussed."""
    meeting = _open_one(session, officer, meeting_id)
    rules.require_begun(meeting.meets_on, clock.today())
    present = _offices(meeting, attendance, "attendance")
    rules.require_agencies(present.values(), meeting.agency)
    session.add_all(
        Attendance(meeting_id=meeting.id, office=each.id, agency=each.agency, people=attendance[each.id])
        for each in present.values()
    )
    meeting.held_at, meeting.held_by, meeting.minutes = clock.now(), officer.id, minutes
    session.execute(
        update(Task)
        .where(Task.meeting_id == meeting.id)
        .values(state=TaskState.OPEN, assigned_at=meeting.held_at)
        .execution_options(synchronize_session="fetch")
    )
    session.execute(
        update(AgendaWish)
        .where(
            AgendaWish.meeting_id.is_(None),
            AgendaWish.journey_id.in_(
                select(AgendaItem.journey_id).where(
                    AgendaItem.meeting_id == meeting.id, AgendaItem.reason == Reason.ASKED
                )
            ),
        )
        .values(meeting_id=meeting.id)
        .execution_options(synchronize_session=False)
    )
    session.flush()
    _discuss(session, officer, meeting)
    return meeting


def cancel(session: Session, officer: Officer, meeting_id: UUID, reason: str) -> Meeting:
    """Call a meeting off; whatever waits for it comes on the agenda of the next."""
    meeting = _open_one(session, officer, meeting_id)
    session.execute(delete(Task).where(Task.meeting_id == meeting.id))
    meeting.cancelled_at, meeting.cancelled_because = clock.now(), reason
    session.flush()
    return meeting


def put_on_agenda(session: Session, officer: Officer, journey: JourneyFigure, words: str) -> Meeting | None:
    """Have a journey discussed at the next meeting about its area and programme; gives it where one is planned.

    Raises OnAgendaAlready. Where none is planned yet, it comes on the agenda of the next that is convened.
    """
    known = select(AgendaWish.id).where(AgendaWish.journey_id == journey.id, AgendaWish.meeting_id.is_(None))
    if session.scalar(known) is not None:
        raise rules.OnAgendaAlready
    session.add(
        AgendaWish(
            id=ids.new_id(),
            journey_id=journey.id,
            words=words,
            asked_by=officer.id,
            signed=officer.signs,
            coordinating_office=officer.office,
        )
    )
    session.flush()
    ahead = select(Meeting).where(
        Meeting.held_at.is_(None), Meeting.cancelled_at.is_(None), Meeting.meets_on >= clock.today()
    )
    for meeting in session.scalars(ahead.order_by(Meeting.meets_on, Meeting.id).with_for_update()):
        if rules.takes_in(meeting.area, meeting.programmes, journey_area=journey.area, programme=journey.programme):
            agenda.add_wished(session, meeting, journey.id)
            return meeting
    return None


def accept_task(session: Session, officer: Officer, task_id: UUID) -> Task:
    """Take a task on; taking on one's own again changes nothing."""
    task = _task(session, officer, task_id)
    _require_owed(task)
    if task.accepted_by == officer.id:
        return task
    if task.state is not TaskState.OPEN:
        raise rules.TaskWithAnother(state=task.state.value)
    task.state, task.accepted_at, task.accepted_by = TaskState.ACCEPTED, clock.now(), officer.id
    session.flush()
    return task


def finish_task(session: Session, officer: Officer, task_id: UUID, note: str) -> Task:
    """Say what was done; a task that nobody took on before counts as taken on now."""
    task = _task(session, officer, task_id)
    _require_owed(task)
    now = clock.now()
    if task.accepted_at is None:
        task.accepted_at, task.accepted_by = now, officer.id
    task.state, task.done_at, task.done_by, task.note = TaskState.DONE, now, officer.id, note
    session.flush()
    return task


def return_task(session: Session, officer: Officer, task_id: UUID, reason: str) -> Task:
    """Give a task back to the office that convened the meeting, with the reason; it finds another way."""
    task = _task(session, officer, task_id)
    _require_owed(task)
    task.state, task.returned_at, task.returned_by = TaskState.RETURNED, clock.now(), officer.id
    task.returned_because = reason
    session.flush()
    return task


def pass_on_task(session: Session, officer: Officer, task_id: UUID, *, office: str, due_on: date) -> Task:
    """Give a task that came back to another office, or to the same one once more, until a new day."""
    task, meeting = _returned(session, officer, task_id)
    owner = _offices(meeting, [office], "office")[office]
    if due_on < clock.today():
        raise rules.DueBeforeToday().at("due_on")
    task.state, task.agency, task.office, task.due_on = TaskState.OPEN, owner.agency, owner.id, due_on
    task.assigned_at, task.accepted_at, task.accepted_by = clock.now(), None, None
    item = session.get(AgendaItem, task.item_id) if task.item_id else None
    _count_from(session, task, clock.today(), item.area if item and item.area else meeting.area)
    task.returned_at = task.returned_by = task.returned_because = None
    session.flush()
    return task


def recount(
    session: Session, told: Sequence[CalendarChanged], before: Calendars, after: Calendars, now: datetime
) -> int:
    """Count the days of open tasks anew where these decrees change them; says how many there were."""
    area = func.coalesce(AgendaItem.area, Meeting.area)
    owed = (
        select(Task, area.label("area"), Meeting.meets_on)
        .join(Meeting, Meeting.id == Task.meeting_id)
        .outerjoin(AgendaItem, AgendaItem.id == Task.item_id)
        .where(Task.state.in_((TaskState.DECIDED, *queries.UNDONE)), calendars.inside(area, [t.region for t in told]))
    )
    counted = 0
    for task, where, meets_on in session.execute(owed.order_by(Task.id).with_for_update(of=Task)):
        old, new = before.of(where), after.of(where)
        chosen_on, start = task.chosen_on or task.due_on, task.counted_from or meets_on
        number = task.working_days
        if number is None:  # given before it was kept
            number = calendar.working_days_between(start, chosen_on, old)
        was, day = (rules.due_anew(chosen_on, start, number, each) for each in (old, new))
        current = calendar.end_of_day(task.due_on)
        due_at = None if was == day else calendars.anew(current, calendar.end_of_day(day), now, new)
        if due_at is None:
            continue
        task.chosen_on, task.counted_from, task.working_days = chosen_on, start, number
        task.due_on = due_at.astimezone(clock.zone()).date()
        task.rescheduled = calendars.why_anew(told, where, current, now)
        counted += 1
    session.flush()
    return counted


def _count_from(session: Session, task: Task, start: date, area: str) -> None:
    """Keep how many working days a task was given, by the calendar that its area has now."""
    days = calendars.counting(session).of(area)
    task.chosen_on, task.counted_from, task.rescheduled = task.due_on, start, None
    task.working_days = calendar.working_days_between(start, task.due_on, days)


def strike_task(session: Session, officer: Officer, task_id: UUID) -> Task:
    """Let a task that came back go: nobody owes it any more."""
    task, _meeting = _returned(session, officer, task_id)
    task.state, task.ended_at = TaskState.ENDED, clock.now()
    session.flush()
    return task


def end_with_journeys(session: Session) -> int:
    """End what hangs on journeys that are over: tasks that are still owed, and items of meetings to come.

    Says how many tasks these were. What was decided on an item stays on its agenda.
    """
    is_over = exists().where(JourneyFigure.id == Task.journey_id, JourneyFigure.ended_at.is_not(None))
    still_owed = select(Task.id).where(Task.state.in_(queries.OWED), is_over).order_by(Task.id)
    held = session.scalars(still_owed.with_for_update(skip_locked=True)).all()
    session.execute(
        update(Task)
        .where(among(Task.id, held))
        .values(state=TaskState.ENDED, ended_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    ahead = select(Meeting.id).where(Meeting.held_at.is_(None), Meeting.cancelled_at.is_(None))
    session.execute(
        delete(AgendaItem)
        .where(
            AgendaItem.meeting_id.in_(ahead),
            exists().where(JourneyFigure.id == AgendaItem.journey_id, JourneyFigure.ended_at.is_not(None)),
            ~exists().where(Task.item_id == AgendaItem.id),
        )
        .execution_options(synchronize_session=False)
    )
    return len(held)


def leave_agendas(session: Session, referrals: Sequence[Referral]) -> None:
    """Take stages that no longer wait off the agendas of meetings to come, unless something was decided on them."""
    session.execute(
        delete(AgendaItem).where(
            among(AgendaItem.referral_id, [each.id for each in referrals]),
            AgendaItem.reason == Reason.WAITING,
            AgendaItem.meeting_id.in_(select(Meeting.id).where(Meeting.held_at.is_(None))),
            ~exists().where(Task.item_id == AgendaItem.id),
        )
    )


def completions(session: Session, officer: Officer, pairs: Sequence[tuple[Referral, UUID]]) -> list[Completion]:
    """What single stages come to that an officer says were discussed at a meeting; raises NotDiscussedThere."""
    ended: dict[UUID, Completion] = {}
    for meeting_id in dict.fromkeys(chosen for _, chosen in pairs):
        here = [referral for referral, chosen in pairs if chosen == meeting_id]
        meeting = session.scalar(
            select(Meeting).where(
                Meeting.id == meeting_id, Meeting.office == officer.office, Meeting.held_at.is_not(None)
            )
        )
        for referral in here:
            if meeting is None or not _was_about(meeting, referral):
                raise rules.NotDiscussedThere().at("meeting_id")
        ended |= _completions(session, meeting_id, here)
    return [ended[referral.id] for referral, _ in pairs]


def _discuss(session: Session, officer: Officer, meeting: Meeting) -> None:
    known = worklist.locked(session, queries.waiting_on(session, meeting.id))
    waiting = [each for each in known if each.state in OPEN]
    if not waiting:
        return
    new = [each.id for each in waiting if each.state in WAITING]
    if new:
        worklist.accept_referrals(session, officer, new)
    accepted = worklist.authorised(session, officer, [each.id for each in waiting])
    worklist.conclude_referrals(
        session, accepted, _completions(session, meeting.id, accepted), signed_as=officer.signs_as
    )


def _completions(session: Session, meeting_id: UUID, referrals: Sequence[Referral]) -> dict[UUID, Completion]:
    decided = queries.decided_on(session, meeting_id, [each.journey_id for each in referrals])
    met_on = session.get_one(Meeting, meeting_id).meets_on.isoformat()
    return {
        each.id: Completion(
            "discussed",
            {"decisions": len(about := decided[each.journey_id]), "met_on": met_on},
            {"decided": [{"what": task.decision, **plain(task, "office", "due_on")} for task in about]}
            if about
            else {},
        )
        for each in referrals
    }


def _was_about(meeting: Meeting, referral: Referral) -> bool:
    offered_on = referral.offered_at.astimezone(clock.zone()).date()
    return meeting.meets_on >= offered_on and rules.takes_in(
        meeting.area, meeting.programmes, journey_area=referral.area, programme=referral.programme
    )


def _open_one(session: Session, officer: Officer, meeting_id: UUID) -> Meeting:
    """A meeting of the officer's office, locked; raises NotFound or MeetingClosed."""
    access.require(officer, Permission.MEETINGS_RUN)
    meeting = session.scalar(
        select(Meeting).where(Meeting.id == meeting_id, Meeting.office == officer.office).with_for_update(),
        execution_options={"populate_existing": True},
    )
    if meeting is None:
        raise NotFound(what="meeting")
    officer.require(area=meeting.area)
    rules.require_open(held=meeting.held_at is not None, cancelled=meeting.cancelled_at is not None)
    return meeting


def _task(session: Session, officer: Officer, task_id: UUID) -> Task:
    """A task given to the officer's office, locked; raises NotFound."""
    access.require(officer, Permission.TASKS_DO)
    task = session.scalar(
        select(Task)
        .where(Task.id == task_id, Task.office == officer.office, Task.assigned_at.is_not(None))
        .with_for_update(),
        execution_options={"populate_existing": True},
    )
    if task is None:
        raise NotFound(what="task")
    return task


def _require_owed(task: Task) -> None:
    """Refuse what nobody owes any more, or its office gave back already; raises TaskIsOver."""
    if task.state not in queries.UNDONE:
        raise rules.TaskIsOver


def _returned(session: Session, officer: Officer, task_id: UUID) -> tuple[Task, Meeting]:
    """A task that came back to the officer's office, locked, and its meeting; raises NotFound or TaskIsOver."""
    access.require(officer, Permission.MEETINGS_RUN)
    found = session.execute(
        select(Task, Meeting)
        .join(Meeting, Meeting.id == Task.meeting_id)
        .where(Task.id == task_id, Meeting.office == officer.office)
        .with_for_update(of=Task),
        execution_options={"populate_existing": True},
    ).first()
    if found is None:
        raise NotFound(what="task")
    task, meeting = found
    officer.require(area=meeting.area)
    if task.state is not TaskState.RETURNED:
        raise rules.TaskIsOver
    return task, meeting


def _offices(meeting: Meeting, asked: Collection[str], field: str) -> dict[str, Office]:
    known = rules.concerned(offices.open_offices(), meeting.area)
    for each in asked:
        if each not in known:
            raise rules.OfficeNotConcerned(office=each).at(field)
    return {each: known[each] for each in asked}
