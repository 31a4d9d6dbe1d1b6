"""Courses for people: the list, a form to plan one, and one course with its attendance list."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.training.courses import commands, queries, schemas
from services.training.courses.commands import Mark
from shared.identity.permissions import Permission
from shared.kernel import clock
from shared.referrals import words
from shared.web import door, forms, paging, posting
from shared.web.guard import guard

pages = Blueprint("courses_pages", __name__, template_folder="templates")
ONE = "/<agency>/courses/<uuid:course_id>"
ROWS = 4


@pages.get("/<agency>/courses")
@guard(Permission.COURSES_READ)
def list_courses(agency: str) -> str:
    """The office's courses, the latest first."""
    query = forms.load(schemas.CourseQuery(), request.args)
    with door.reading() as session:
        rows = queries.courses(door.current_officer().office, course_type=query.pop("type"))
        page = paging.page(session, rows, *queries.LATEST_FIRST, newest_first=True, **query)
        taken = queries.seats_taken(session, [each.id for each in page.items])
        return render_template("courses/list.html", page=page, taken=taken, address=_list(agency), words=words)


@pages.get("/<agency>/courses/new")
@guard(Permission.COURSES_PLAN)
def plan_form(agency: str, form: forms.Form | None = None) -> str:
    """The form to plan a course."""
    form = form or forms.blank({"area": door.current_officer().areas[0]})
    types = [
        (each, f"{words.plain(each)} ({', '.join(words.programme_title(of.id) for of in programmes)})")
        for each, programmes in queries.asked_of(agency).items()
    ]
    return render_template("courses/plan.html", form=form, types=types, address=_list(agency), rows=range(ROWS))


@pages.post("/<agency>/courses")
@guard(Permission.COURSES_PLAN)
@posting.sent_from(plan_form)
def plan_course(agency: str) -> Response:
    """Plan a course with all its sessions."""
    given = forms.load(schemas.CoursePlanSchema(), request.form)
    with door.transaction() as session:
        course = commands.plan_course(session, door.current_officer(), **given)
    return posting.done(_("The course is planned."), f"{_list(agency)}/{course.id}")


@pages.get(ONE)
@guard(Permission.COURSES_READ)
def course(agency: str, course_id: UUID, form: forms.Form | None = None) -> str:
    """One course: its sessions, who is enrolled, and who came."""
    with door.reading() as session:
        found = queries.course(session, door.current_officer().office, course_id)
        enrolled = queries.enrolled(session, course_id)
        return render_template(
            "courses/course.html",
            course=found,
            enrolled=enrolled,
            marks=queries.attendance_in(session, course_id),
            free=found.places - sum(each.seats for each in enrolled),
            today=clock.today(),
            form=form or forms.blank(),
            address=_list(agency),
            referrals=f"/training/{agency}/referrals",
            words=words,
        )


@pages.post(f"{ONE}/sessions/<int:number>/attendance")
@guard(Permission.COURSES_RUN)
@posting.sent_from(course)
def mark_attendance(agency: str, course_id: UUID, number: int) -> Response:
    """Mark who came to a session."""
    given = forms.load(schemas.AttendanceSchema(), request.form)
    told = [each for each in given["attendance"] if each["present"] is not None or each["members"] is not None]
    marks = {each["id"]: Mark(each["present"], each["members"]) for each in told}
    with door.transaction() as session:
        commands.mark_attendance(session, door.current_officer(), course_id, number, marks)
    said = _("Attendance of session %(number)d is saved.", number=number)
    return posting.done(said, f"{_list(agency)}/{course_id}")


def _list(agency: str) -> str:
    return f"/training/{agency}/courses"
