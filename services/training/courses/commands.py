"""What can be done with courses: plan one, enrol the referred, mark who came, and close what is complete.

Everything takes many at once: an officer marks a full room with one statement.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from services.training.courses import queries, rules
from services.training.courses.models import Attendance, Course, CourseSession, Enrolment
from services.training.courses.rules import CourseOutcome
from shared.events.intake import SubjectKind
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import clock, ids
from shared.kernel.errors import DomainError, Invalid, NotFound
from shared.referrals import commands as worklist
from shared.referrals.models import Referral
from shared.referrals.work import Completion
from shared.storage.arrays import among
from shared.storage.rows import insert_rows, insertion, names_in, parameter
from shared.web import access


@dataclass(frozen=True, slots=True)
class Mark:
    """Who came to a session: a person or not, or how many members of a group."""

    present: bool | None = None
    members: int | None = None


def plan_course(
    session: Session,
    officer: Officer,
    *,
    type: str,  # noqa: A002
    title: str,
    area: str,
    places: int,
    sessions: Sequence[Mapping[str, Any]],
) -> Course:
    """Plan a course of the officer's office with all its sessions (each `held_on` and `place`, in order)."""
    access.require(officer, Permission.COURSES_PLAN, area=area)
    days = [each["held_on"] for each in sessions]
    if days != sorted(days):
        raise rules.SessionsOutOfOrder().at("sessions.0.held_on")
    course = Course(
        id=ids.new_id(),
        type=type,
        title=title,
        agency=officer.agency,
        office=officer.office,
        area=area,
        places=places,
        first_day=days[0],
        planned_by=officer.id,
        sessions=[CourseSession(number=number, **each) for number, each in enumerate(sessions, 1)],
    )
    session.add(course)
    session.flush()
    return course


def expect_referred(session: Session, referrals: Sequence[Referral]) -> None:
    """Expect referred persons and groups in a course that is yet to be chosen."""
    rows = [
        {
            "referral_id": each.id,
            "type": each.settings["course"],
            "sessions_asked": each.settings["sessions"],
            "subject_kind": each.subject_kind,
            "subject_id": each.subject_id,
            "members": _members(each),
            "member_ids": _member_ids(each),
            "office": each.office,
        }
        for each in referrals
    ]
    insert_rows(session, Enrolment, rows, unless_known=True)


def enrol(
    session: Session,
    officer: Officer,
    course_id: UUID,
    referral_ids: Collection[UUID],
    taught_before_reason: str | None = None,
) -> list[Enrolment]:
    """Give accepted referrals places in a course of the officer's office: all of them, or none.

    Whoever attended a course of the same type before, at whatever agency, needs the officer's reason: the same training
    given twice by agencies that did not know is what DP3A Kukar complains of (dp3a-kukar.txt).
    """
    access.require(officer, Permission.COURSES_RUN)
    worklist.require_in_work(session, officer, referral_ids)
    course = session.scalar(
        select(Course).where(Course.id == course_id, Course.office == officer.office).with_for_update()
    )
    if course is None:
        raise NotFound(what="course")
    enrolments = [each for each in _enrolments(session, referral_ids) if each.course_id != course.id]
    for each in enrolments:
        if each.type != course.type:
            raise rules.OtherCourse(asked=each.type, given=course.type).at("course_id")
        if each.sessions_asked > len(course.sessions):
            raise rules.TooFewSessions(asked=each.sessions_asked, given=len(course.sessions)).at("course_id")
    if any(mark.marked for mark in queries.marks(session, [each.referral_id for each in enrolments]).values()):
        raise rules.CourseUnderWay
    free = course.places - queries.seats_taken(session, [course.id])[course.id]
    wanted = sum(each.seats for each in enrolments)
    if wanted > free:
        raise rules.NoPlacesLeft(free=free, wanted=wanted).at("course_id")
    again = queries.taught_before(session, enrolments)
    if again and not taught_before_reason:
        day = max(taught.ended_on for each in again.values() for taught in each)
        raise rules.TaughtBefore(count=len(again), day=day.isoformat()).at("taught_before_reason")
    _give(session, course, [each.referral_id for each in enrolments if each.referral_id not in again])
    _give(
        session,
        course,
        again,
        taught_before_reason=taught_before_reason,
        taught_before_by=officer.id,
        taught_before_at=func.kail_now(),
    )
    return enrolments


def mark_sheet(
    session: Session,
    officer: Officer,
    course_id: UUID,
    marks: Sequence[tuple[UUID, int, Mark]],
    others_present: Collection[int] = (),
) -> None:
    """Mark who came to which session of a course, all of them with one statement; marking again corrects it.

    To the sessions `others_present` came everybody else who is enrolled, and of a group all members: whoever is marked
    for them, now or before, stays as marked.
    Raises Invalid with what is wrong at each row (`attendance.3`), and nothing is marked then.
    """
    access.require(officer, Permission.COURSES_RUN)
    referrals = list(dict.fromkeys(referral_id for referral_id, _number, _mark in marks))
    hindered = worklist.hindered(session, officer, referrals)
    numbers = {*others_present, *(number for _referral_id, number, _mark in marks)}
    sessions = select(CourseSession).where(CourseSession.course_id == course_id, CourseSession.number.in_(numbers))
    held = {each.number: each for each in session.scalars(sessions)}
    enrolled = _enrolments(session, [each for each in referrals if each not in hindered])
    here = {each.referral_id: each for each in enrolled if each.course_id == course_id}
    rows: dict[tuple[int, UUID], dict[str, Any]] = {}
    errors: dict[str, list[DomainError]] = {}
    for place, (referral_id, number, mark) in enumerate(marks):
        row = f"attendance.{place}"
        try:
            if referral_id in hindered:
                raise hindered[referral_id]
            if referral_id not in here:
                raise rules.NotEnrolled
            rows[number, referral_id] = _row(_session_held(held, number), here[referral_id], mark, officer)
        except rules.MoreThanMembers as wrong:
            errors[f"{row}.members"] = [wrong]
        except DomainError as wrong:
            errors[f"{row}.id"] = [wrong]
    if errors:
        raise Invalid(errors=errors)
    rows |= _others(session, officer, course_id, {each: _held_at(held, each) for each in others_present}, rows)
    _store(session, list(rows.values()))


def _held_at(sessions: Mapping[int, CourseSession], number: int) -> CourseSession:
    try:
        return _session_held(sessions, number)
    except (rules.NoSuchSession, rules.NotHeldYet) as wrong:
        raise wrong.at("others_present") from wrong


def _others(
    session: Session,
    officer: Officer,
    course_id: UUID,
    sessions: Mapping[int, CourseSession],
    told: Collection[tuple[int, UUID]],
) -> dict[tuple[int, UUID], dict[str, Any]]:
    """All who are enrolled and marked neither now nor before, as present; whose stage is closed or given up is not."""
    if not sessions:
        return {}
    known = queries.attendance_in(session, course_id)
    sitting = [each.referral_id for each in queries.enrolled(session, course_id) if each.outcome is None]
    hindered = worklist.hindered(session, officer, sitting)
    here = _enrolments(session, [each for each in sitting if each not in hindered])
    return {
        (number, each.referral_id): _row(held, each, Mark(present=True, members=each.members), officer)
        for number, held in sessions.items()
        for each in here
        if (number, each.referral_id) not in told and (each.referral_id, number) not in known
    }


def mark_attendance(
    session: Session, officer: Officer, course_id: UUID, number: int, marks: Mapping[UUID, Mark]
) -> None:
    """Mark who came to one session of a course; marking again corrects it."""
    access.require(officer, Permission.COURSES_RUN)
    worklist.require_in_work(session, officer, marks.keys())
    wanted = select(CourseSession).where(CourseSession.course_id == course_id, CourseSession.number == number)
    try:
        held = _session_held({each.number: each for each in session.scalars(wanted)}, number)
    except (rules.NoSuchSession, rules.NotHeldYet) as wrong:
        raise wrong.at("number") from wrong
    enrolments = {each.referral_id: each for each in _enrolments(session, marks.keys())}
    if any(each.course_id != course_id for each in enrolments.values()):
        raise rules.NotEnrolled().at("course_id")
    try:
        rows = [_row(held, enrolments[referral_id], mark, officer) for referral_id, mark in marks.items()]
    except rules.MoreThanMembers as wrong:
        raise wrong.at("attendance") from wrong
    _store(session, rows)


def _session_held(sessions: Mapping[int, CourseSession], number: int) -> CourseSession:
    if (found := sessions.get(number)) is None:
        raise rules.NoSuchSession(number=number)
    if found.held_on > clock.today():
        raise rules.NotHeldYet(number=number, day=found.held_on.isoformat())
    return found


def _store(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    told = parameter(Attendance, rows)
    statement = insertion(Attendance, names_in(told))
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["session_id", "referral_id"],
            set_={name: statement.excluded[name] for name in ("present", "members_present", "marked_by", "marked_at")},
        ),
        told,
    )


def conclude(session: Session, referrals: Sequence[Referral]) -> list[Completion]:
    """Close enrolments whose attendance is complete: who came often enough attended; raises AttendanceMissing."""
    enrolments = {each.referral_id: each for each in _enrolments(session, [each.id for each in referrals])}
    marks = queries.marks(session, list(enrolments))
    endings: dict[CourseOutcome, list[UUID]] = {}
    for referral_id, enrolment in enrolments.items():
        if enrolment.course_id is None:
            raise rules.NotEnrolled().at("course_id")
        asked, mark = enrolment.sessions_asked, marks[referral_id]
        if mark.marked < asked:
            raise rules.AttendanceMissing(marked=mark.marked, asked=asked).at("attendance")
        endings.setdefault(rules.outcome(asked, mark.attended), []).append(referral_id)
    counted = (
        select(func.count())
        .where(Attendance.referral_id == Enrolment.referral_id, Attendance.present)
        .correlate(Enrolment)
        .scalar_subquery()
    )
    for outcome, ended in endings.items():
        session.execute(
            update(Enrolment)
            .where(among(Enrolment.referral_id, ended))
            .values(outcome=outcome, ended_on=clock.today(), sessions_attended=counted)
            .execution_options(synchronize_session=False)
        )
    outcomes = {referral_id: outcome for outcome, ended in endings.items() for referral_id in ended}
    return [Completion(outcomes[each.id].value, {"sessions_attended": marks[each.id].attended}) for each in referrals]


def let_go(session: Session, referrals: Sequence[Referral]) -> None:
    """Free the places of referrals that are no longer this office's; what they attended stays on record."""
    session.execute(
        update(Enrolment)
        .where(among(Enrolment.referral_id, [each.id for each in referrals]))
        .values(left_at=func.kail_now())
        .execution_options(synchronize_session=False)
    )


def forget_members(session: Session, referrals: Sequence[Referral]) -> None:
    """Forget who the members of these groups are."""
    session.execute(
        update(Enrolment)
        .where(Enrolment.referral_id.in_([each.id for each in referrals]))
        .values(member_ids=None)
        .execution_options(synchronize_session=False)
    )


def _enrolments(session: Session, referral_ids: Collection[UUID]) -> list[Enrolment]:
    found = session.scalars(
        select(Enrolment)
        .where(among(Enrolment.referral_id, referral_ids))
        .order_by(Enrolment.referral_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if len(found) < len(set(referral_ids)):
        raise NotFound(what="enrolment")
    return list(found)


def _give(session: Session, course: Course, referral_ids: Collection[UUID], **acknowledged: Any) -> None:
    if referral_ids:
        session.execute(
            update(Enrolment)
            .where(Enrolment.referral_id.in_(referral_ids))
            .values(course_id=course.id, **acknowledged)
            .execution_options(synchronize_session="fetch")
        )


def _row(held: CourseSession, enrolment: Enrolment, mark: Mark, officer: Officer) -> dict[str, Any]:
    return {
        "session_id": held.id,
        "referral_id": enrolment.referral_id,
        "present": rules.was_there(enrolment.members, mark.present, mark.members),
        "members_present": mark.members,
        "marked_by": officer.id,
        "marked_at": clock.now(),
    }


def _members(referral: Referral) -> int | None:
    if referral.subject_kind is not SubjectKind.GROUP:
        return None
    counted = [report["facts"].get("members") for report in referral.earlier.values() if report.get("facts")]
    return (
        next((count for count in counted if count), None)
        or len((referral.particulars or {}).get("members", ()))
        or None
    )


def _member_ids(referral: Referral) -> list[UUID] | None:
    """Who the members are, as far as the programme shares them with this stage."""
    shared = (referral.particulars or {}).get("members", ())
    known = [UUID(each["id"]) for each in shared if isinstance(each, dict) and "id" in each]
    return known or None
