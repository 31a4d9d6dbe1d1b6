"""What can be told of courses: an office's list, one course, who sits in it, and what somebody was taught before."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, and_, column, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB, array
from sqlalchemy.orm import Session

from services.training.courses.models import Attendance, Course, CourseSession, Enrolment
from services.training.courses.rules import KIND, CourseOutcome
from shared.events.intake import SubjectKind
from shared.kernel.errors import NotFound
from shared.persons.queries import records_of
from shared.programmes import library
from shared.programmes.definition import Programme
from shared.storage.arrays import among

LATEST_FIRST = (Course.first_day, Course.id)
SEATS = func.coalesce(func.sum(func.coalesce(Enrolment.members, 1)), 0)


@dataclass(frozen=True, slots=True)
class Taught:
    """A course that somebody has had."""

    type: str
    office: str
    ended_on: date
    outcome: CourseOutcome
    sessions_attended: int

    @property
    def was_attended(self) -> bool:
        """Whether enough of it was attended."""
        return self.outcome is CourseOutcome.ATTENDED


@dataclass(frozen=True, slots=True)
class Marks:
    """How many sessions are marked for a referral, and in how many of them it was present."""

    marked: int = 0
    attended: int = 0


def asked_of(agency: str) -> dict[str, tuple[Programme, ...]]:
    """The types of course that an agency is asked for, each with the programmes whose stages name it."""
    found: dict[str, dict[str, Programme]] = {}
    for programme in library.published().values():
        for stage in programme.stages.values():
            if stage.does == KIND and stage.agency == agency:
                found.setdefault(stage.settings["course"], {})[programme.id] = programme
    return {course_type: tuple(programmes.values()) for course_type, programmes in sorted(found.items())}


def courses(office: str, *, course_type: str | None = None) -> Select[Any]:
    """The courses of an office; read them by `LATEST_FIRST`."""
    found = select(Course).where(Course.office == office)
    return found.where(Course.type == course_type) if course_type else found


def course(session: Session, office: str, course_id: UUID) -> Course:
    """One course of an office; raises NotFound."""
    found = session.scalar(select(Course).where(Course.id == course_id, Course.office == office))
    if found is None:
        raise NotFound(what="course")
    return found


def enrolled(session: Session, course_id: UUID) -> list[Enrolment]:
    """Who sits in a course."""
    return list(
        session.scalars(
            select(Enrolment)
            .where(Enrolment.course_id == course_id, Enrolment.left_at.is_(None))
            .order_by(Enrolment.referral_id)
        )
    )


def seats_taken(session: Session, course_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many places of each course are taken."""
    rows: Sequence[Any] = session.execute(
        select(Enrolment.course_id, SEATS)
        .where(among(Enrolment.course_id, course_ids), Enrolment.left_at.is_(None))
        .group_by(Enrolment.course_id)
    ).all()
    return dict.fromkeys(course_ids, 0) | {course_id: int(taken) for course_id, taken in rows}


def with_places(session: Session, office: str, course_type: str, sessions: int) -> list[tuple[Course, int]]:
    """The latest courses of a type that are long enough and not full, each with its free places."""
    found = session.scalars(
        courses(office, course_type=course_type).order_by(Course.first_day.desc(), Course.id).limit(50)
    ).all()
    taken = seats_taken(session, [each.id for each in found])
    free = [(each, each.places - taken[each.id]) for each in found if len(each.sessions) >= sessions]
    return [(each, places) for each, places in free if places > 0]


def attendance_of(session: Session, referral_id: UUID) -> dict[int, Attendance]:
    """What is marked for a referral, by the number of the session."""
    rows = session.execute(
        select(CourseSession.number, Attendance)
        .join(Attendance, Attendance.session_id == CourseSession.id)
        .where(Attendance.referral_id == referral_id)
    ).all()
    return {number: mark for number, mark in rows}  # noqa: C416


def attendance_in(session: Session, course_id: UUID) -> dict[tuple[UUID, int], Attendance]:
    """What is marked in a course, by referral and number of the session."""
    rows = session.execute(
        select(CourseSession.number, Attendance)
        .join(Attendance, Attendance.session_id == CourseSession.id)
        .where(CourseSession.course_id == course_id)
    ).all()
    return {(mark.referral_id, number): mark for number, mark in rows}


def marks(session: Session, referral_ids: Collection[UUID]) -> dict[UUID, Marks]:
    """How often each of these referrals was marked and present."""
    rows = session.execute(
        select(Attendance.referral_id, func.count(), func.count().filter(Attendance.present))
        .where(among(Attendance.referral_id, referral_ids))
        .group_by(Attendance.referral_id)
    ).all()
    return dict.fromkeys(referral_ids, Marks()) | {each: Marks(marked, there) for each, marked, there in rows}


def taught(session: Session, enrolments: Collection[Enrolment]) -> dict[UUID, list[Taught]]:
    """What each of these, or a member as far as known, has been taught before, the latest first.

    Each is asked for under all her records; two queries, however many they are.
    """
    behind = {each.referral_id: (each.subject_id, *(each.member_ids or ())) for each in enrolments}
    persons = records_of(session, {who for people in behind.values() for who in people})
    records: dict[UUID, list[UUID]] = {}
    for record, person in persons.items():
        records.setdefault(person, []).append(record)
    known = [
        {"referral_id": str(referral_id), "id": str(record)}
        for referral_id, people in behind.items()
        for person in {persons[who] for who in people}
        for record in records[person]
    ]
    if not known:
        return {}
    asked = (
        func.jsonb_to_recordset(literal(known, JSONB))
        .table_valued(column("referral_id", Uuid), column("id", Uuid))
        .render_derived(name="asked", with_types=True)
    )
    told = (Enrolment.type, Enrolment.office, Enrolment.ended_on, Enrolment.outcome, Enrolment.sessions_attended)
    another = and_(Enrolment.outcome.is_not(None), Enrolment.referral_id != asked.c.referral_id)
    # Two halves rather than one OR, so that each finds its index; UNION leaves out what both of them find.
    own = select(asked.c.referral_id, Enrolment.referral_id.label("earlier"), *told).join(
        Enrolment, and_(Enrolment.subject_id == asked.c.id, Enrolment.subject_kind.in_(list(SubjectKind)), another)
    )
    as_member = select(asked.c.referral_id, Enrolment.referral_id.label("earlier"), *told).join(
        Enrolment, and_(Enrolment.member_ids.contains(array([asked.c.id])), another)
    )
    both = own.union(as_member).subquery()
    rows: Sequence[Any] = session.execute(select(both).order_by(both.c.ended_on.desc(), both.c.earlier)).all()
    found: dict[UUID, list[Taught]] = {}
    for referral_id, _, *row in rows:
        found.setdefault(referral_id, []).append(Taught(*row))
    return found


def taught_before(session: Session, enrolments: Collection[Enrolment]) -> dict[UUID, list[Taught]]:
    """Which of these attended a course of the same type before, and when."""
    types = {each.referral_id: each.type for each in enrolments}
    same = {
        referral_id: [each for each in found if each.type == types[referral_id] and each.was_attended]
        for referral_id, found in taught(session, enrolments).items()
    }
    return {referral_id: found for referral_id, found in same.items() if found}
