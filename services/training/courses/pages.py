"""Courses for people: the list, a form to plan one, and one course with its attendance list."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.training.courses import api, commands, queries, schemas
from shared.identity.permissions import Permission
from shared.kernel import clock
from shared.kernel.errors import Invalid
from shared.referrals import naming, words
from shared.web import access, door, forms, paging, posting, sheets
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
            names=naming.listed((each.referral_id for each in enrolled), f"course {course_id}"),
            marks=queries.attendance_in(session, course_id),
            free=found.places - sum(each.seats for each in enrolled),
            today=clock.today(),
            may_run=access.holds(door.current_officer(), Permission.COURSES_RUN),
            form=form or forms.blank(),
            address=_list(agency),
            referrals=f"/training/{agency}/referrals",
            words=words,
        )


@pages.post(f"{ONE}/attendance")
@guard(Permission.COURSES_RUN)
@posting.sent_from(course)
def mark_sheet(agency: str, course_id: UUID) -> Response:
    """Mark who came to which session, everybody with one press."""
    typed = sheets.rows(request.form, "attendance")
    told = {key: row for key, row in typed.items() if row.keys() & {"present", "members"}}
    others = request.form.getlist("others_present[]")
    if not told and not others:
        raise Invalid(errors={"_": [_("Mark at least one of them.")]})
    marks = [{"id": key.partition("_")[0], "number": key.partition("_")[2], **row} for key, row in told.items()]
    with sheets.said_at_rows("attendance", list(told)):
        given = sheets.load(schemas.SheetSchema(), "attendance", marks, others_present=others)
        with door.transaction() as session:
            commands.mark_sheet(
                session, door.current_officer(), course_id, api.marks_of(given), given["others_present"]
            )
    return posting.done(_("The attendance is saved."), f"{_list(agency)}/{course_id}")


def _list(agency: str) -> str:
    return f"/training/{agency}/courses"
