"""Courses for programs: plan, list, enrol, mark attendance."""

from typing import Any
from uuid import UUID

from services.training.courses import commands, queries, schemas
from services.training.courses.commands import Mark
from services.training.courses.models import Course, Enrolment
from shared.identity.permissions import Permission
from shared.referrals import naming
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard

blueprint = Blueprint("courses", __name__, description="Courses and briefings, their places and who came")
ONE = "/<agency>/courses/<uuid:course_id>"


@blueprint.get("/<agency>/courses")
@guard(Permission.COURSES_READ)
@blueprint.arguments(schemas.CourseQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.CourseSchema))
def list_courses(query: dict[str, Any], agency: str) -> paging.Page[Course]:
    """The office's courses, the latest first."""
    with door.reading() as session:
        rows = queries.courses(door.current_officer().office, course_type=query.pop("type"))
        return paging.page(session, rows, *queries.LATEST_FIRST, newest_first=True, **query)


@blueprint.post("/<agency>/courses")
@guard(Permission.COURSES_PLAN)
@blueprint.arguments(schemas.CoursePlanSchema)
@blueprint.response(201, schemas.CourseSchema)
def plan_course(given: dict[str, Any], agency: str) -> tuple[Course, dict[str, str]]:
    """Plan a course with all its sessions."""
    with door.transaction() as session:
        course = commands.plan_course(session, door.current_officer(), **given)
        return course, {"Location": f"/training/v1/{agency}/courses/{course.id}"}


@blueprint.get(ONE)
@guard(Permission.COURSES_READ)
@blueprint.response(200, schemas.CourseSchema)
def get_course(agency: str, course_id: UUID) -> Course:
    """One course."""
    with door.reading() as session:
        return queries.course(session, door.current_officer().office, course_id)


@blueprint.get(f"{ONE}/enrolments")
@guard(Permission.COURSES_READ)
@blueprint.response(200, schemas.EnrolmentSchema(many=True))
def list_enrolments(agency: str, course_id: UUID) -> list[dict[str, Any]]:
    """Who sits in the course; the names are a look, which is logged."""
    with door.reading() as session:
        queries.course(session, door.current_officer().office, course_id)
        return _named(queries.enrolled(session, course_id))


@blueprint.post(f"{ONE}/enrolments")
@guard(Permission.COURSES_RUN)
@blueprint.arguments(schemas.EnrolSchema)
@blueprint.response(200, schemas.EnrolmentSchema(many=True))
def enrol(given: dict[str, Any], agency: str, course_id: UUID) -> list[dict[str, Any]]:
    """Give accepted referrals places in the course; the answer is everybody who sits in it."""
    with door.transaction() as session:
        commands.enrol(session, door.current_officer(), course_id, given["ids"], given["taught_before_reason"])
        return _named(queries.enrolled(session, course_id))


@blueprint.put(f"{ONE}/sessions/<int:number>/attendance")
@guard(Permission.COURSES_RUN)
@blueprint.arguments(schemas.AttendanceSchema)
@blueprint.response(204)
def mark_attendance(given: dict[str, Any], agency: str, course_id: UUID, number: int) -> None:
    """Mark who came to a session; marking again corrects it."""
    with door.transaction() as session:
        marks = {each["id"]: Mark(each["present"], each["members"]) for each in given["attendance"]}
        commands.mark_attendance(session, door.current_officer(), course_id, number, marks)


@blueprint.put(f"{ONE}/attendance")
@guard(Permission.COURSES_RUN)
@blueprint.arguments(schemas.SheetSchema)
@blueprint.response(204)
def mark_sheet(given: dict[str, Any], agency: str, course_id: UUID) -> None:
    """Mark who came to which session of the course, all at once; what is wrong is said of each row."""
    with door.transaction() as session:
        commands.mark_sheet(session, door.current_officer(), course_id, marks_of(given), given["others_present"])


def marks_of(given: dict[str, Any]) -> list[tuple[UUID, int, Mark]]:
    """What was told of each referral and session."""
    return [(each["id"], each["number"], Mark(each["present"], each["members"])) for each in given["attendance"]]


def _named(enrolled: list[Enrolment]) -> list[dict[str, Any]]:
    names = naming.listed((each.referral_id for each in enrolled), "course")
    return naming.lines(schemas.EnrolmentSchema, enrolled, names)
