"""A course as the common worklist knows it: choose one, mark who came, and what that amounts to."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.training.courses import commands, queries
from services.training.courses.commands import Mark
from services.training.courses.models import Attendance, Course, CourseSession, Enrolment
from services.training.courses.rules import KIND, NotEnrolled, sessions_needed
from services.training.courses.schemas import CourseWorkSchema
from shared.identity.officer import Officer
from shared.referrals.models import Referral
from shared.referrals.work import Completion, StageWork, plain


class CourseWork(StageWork):
    """A person or group is taught, session by session."""

    kind = KIND
    work_schema = CourseWorkSchema
    completion_schema = CourseWorkSchema
    together = "courses/together.html"
    template = "courses/work.html"
    told_as: Mapping[str, str] = {"course_id": "course", "attendance": "sessions"}

    def opened(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Expect them in a course that is yet to be chosen."""
        commands.expect_referred(session, referrals)

    def view(self, session: Session, referral: Referral) -> dict[str, Any]:
        """The course, its sessions and who came; or the courses to choose from, and what she was taught before."""
        enrolment = session.get_one(Enrolment, referral.id)
        asked = referral.settings["sessions"]
        before = queries.taught(session, [enrolment]).get(referral.id, [])
        shown: dict[str, Any] = {
            "asked": asked,
            "needed": sessions_needed(asked),
            "members": enrolment.members,
            "course_id": str(enrolment.course_id) if enrolment.course_id else None,
            "course": None,
            "attendance": [],
            "choices": [],
            "taught_before": [
                {
                    "type": each.type,
                    "office": each.office,
                    "ended_on": each.ended_on.isoformat(),
                    "outcome": each.outcome,
                }
                for each in before
            ],
            "same_course_before": any(each.was_attended and each.type == enrolment.type for each in before),
            "taught_before_reason": enrolment.taught_before_reason,
        }
        if enrolment.course_id is None:
            shown["choices"] = [
                {"id": str(each.id), "title": each.title, "first_day": each.first_day.isoformat(), "free": free}
                for each, free in queries.with_places(session, referral.office, enrolment.type, asked)
            ]
            return shown
        course = queries.course(session, referral.office, enrolment.course_id)
        marks = queries.attendance_of(session, referral.id)
        shown["course"] = {"title": course.title, "type": course.type}
        shown["attendance"] = [
            {"number": each.number, "held_on": each.held_on.isoformat(), "place": each.place}
            | _mark(marks.get(each.number))
            for each in course.sessions
        ]
        return shown

    def record(self, session: Session, officer: Officer, referral: Referral, work: dict[str, Any]) -> None:
        """Enrol in the chosen course and mark the sessions that were told."""
        if work["course_id"]:
            commands.enrol(session, officer, work["course_id"], [referral.id], work["taught_before_reason"])
        course_id = session.get_one(Enrolment, referral.id, populate_existing=True).course_id
        told = [each for each in work["attendance"] if each["present"] is not None or each["members"] is not None]
        if told and course_id is None:
            raise NotEnrolled().at("course_id")
        for each in told:
            mark = {referral.id: Mark(each["present"], each["members"])}
            commands.mark_attendance(session, officer, cast(UUID, course_id), each["number"], mark)

    def finish(
        self, session: Session, officer: Officer, pairs: Sequence[tuple[Referral, dict[str, Any]]]
    ) -> list[Completion]:
        """Count the sessions: attended or absent."""
        for referral, told in pairs:
            if told["course_id"] or told["attendance"]:
                self.record(session, officer, referral, told)
        return commands.conclude(session, [referral for referral, _ in pairs])

    def found(self, session: Session, referrals: Sequence[Referral]) -> dict[UUID, dict[str, Any]]:
        """Which course, who came to each session, and why somebody was taught the same again."""
        ids = [each.id for each in referrals]
        came: dict[UUID, list[dict[str, Any]]] = {each: [] for each in ids}
        rows = session.execute(
            select(Attendance.referral_id, CourseSession.number, CourseSession.held_on, CourseSession.place)
            .add_columns(Attendance.present, Attendance.members_present.label("members"))
            .join(CourseSession, CourseSession.id == Attendance.session_id)
            .where(Attendance.referral_id.in_(ids))
            .order_by(CourseSession.number)
        )
        for row in rows:
            came[row.referral_id].append(plain(row, "number", "held_on", "place", "present", "members"))
        titles = session.execute(
            select(Enrolment.referral_id, Enrolment.taught_before_reason, Course.title)
            .join(Course, Course.id == Enrolment.course_id)
            .where(Enrolment.referral_id.in_(ids))
        )
        return {
            row.referral_id: {"course": row.title, "sessions": came[row.referral_id]}
            | plain(row, "taught_before_reason")
            for row in titles
        }

    def withdrawn(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Free their places."""
        commands.let_go(session, referrals)

    def erased(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Forget who the members are; what the group was taught stays."""
        commands.forget_members(session, referrals)


def _mark(mark: Attendance | None) -> dict[str, Any]:
    if mark is None:
        return {"present": None, "members": None}
    return {"present": "true" if mark.present else "false", "members": mark.members_present}


WORKS = (CourseWork(),)
