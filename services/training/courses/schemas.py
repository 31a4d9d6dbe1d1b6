"""The shapes in which courses and attendance cross HTTP."""

from typing import Any

from marshmallow import Schema, ValidationError, validate, validates_schema

from services.training.courses.rules import CourseOutcome
from shared.kernel import fields
from shared.places.shapes import is_known_area
from shared.referrals.naming import NamedSchema
from shared.web.paging import PageQuery

MOST_SESSIONS = 60
MOST_AT_ONCE = 500
MOST_MARKS = 5_000
SHORTEST_REASON = 10


def _reason() -> fields.String:
    why = "Why those are taught who attended the same course before, at whatever agency"
    return fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=SHORTEST_REASON, max=500),
        metadata={"description": why},
    )


class SessionPlanSchema(Schema):
    """A meeting as it is planned."""

    held_on = fields.Date(required=True)
    place = fields.String(required=True, validate=validate.Length(min=1, max=200))


class CoursePlanSchema(Schema):
    """A course as it is planned, its sessions in the order in which they are held."""

    type = fields.String(required=True, validate=validate.Regexp(r"[a-z0-9]+(-[a-z0-9]+)*\Z"))
    title = fields.String(required=True, validate=validate.Length(min=1, max=200))
    area = fields.String(required=True, validate=is_known_area)
    places = fields.Integer(required=True, validate=validate.Range(min=1, max=10_000))
    sessions = fields.List(
        fields.Nested(SessionPlanSchema), required=True, validate=validate.Length(min=1, max=MOST_SESSIONS)
    )


class CourseQuery(PageQuery):
    """Which of an office's courses."""

    type = fields.String(load_default=None)


class SessionSchema(Schema):
    """A meeting of a course."""

    number = fields.Integer(required=True)
    held_on = fields.Date(required=True)
    place = fields.String(required=True)


class CourseSchema(Schema):
    """A course with its sessions."""

    id = fields.UUID(required=True)
    type = fields.String(required=True)
    title = fields.String(required=True)
    agency = fields.String(required=True)
    office = fields.String(required=True)
    area = fields.String(required=True)
    places = fields.Integer(required=True)
    first_day = fields.Date(required=True)
    sessions = fields.List(fields.Nested(SessionSchema), required=True)


class EnrolmentSchema(NamedSchema):
    """Who sits in a course: the referral, and the name where the office was told it."""

    referral_id = fields.UUID(required=True)
    course_id = fields.UUID(required=True, allow_none=True)
    subject_kind = fields.String(required=True)
    subject_id = fields.UUID(required=True)
    members = fields.Integer(required=True, allow_none=True)
    seats = fields.Integer(required=True)
    outcome = fields.Enum(CourseOutcome, by_value=True, required=True, allow_none=True)
    sessions_attended = fields.Integer(required=True, allow_none=True)
    taught_before_reason = fields.String(required=True, allow_none=True)


class EnrolSchema(Schema):
    """Referrals that get a place in a course: all of them, or none."""

    ids = fields.List(fields.UUID(), required=True, validate=validate.Length(min=1, max=MOST_AT_ONCE))
    taught_before_reason = _reason()


class MarkSchema(Schema):
    """Who came: a person or not, or how many members of a group."""

    id = fields.UUID(required=True, metadata={"description": "The referral"})
    present = fields.Boolean(load_default=None, allow_none=True)
    members = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=0))


class AttendanceSchema(Schema):
    """The attendance list of one session; whoever is left out stays unmarked."""

    attendance = fields.List(
        fields.Nested(MarkSchema), required=True, validate=validate.Length(min=1, max=MOST_AT_ONCE)
    )


class SheetMarkSchema(MarkSchema):
    """Who came to which session."""

    number = fields.Integer(required=True, validate=validate.Range(min=1))


class SheetSchema(Schema):
    """The attendance of a whole course; whoever is left out of a session stays as she was marked."""

    attendance = fields.List(
        fields.Nested(SheetMarkSchema), load_default=list, validate=validate.Length(max=MOST_MARKS)
    )
    others_present = fields.List(
        fields.Integer(validate=validate.Range(min=1)),
        load_default=list,
        validate=validate.Length(max=200),
        metadata={"description": "Sessions to which everybody came who is not marked for them, now or before"},
    )

    @validates_schema
    def says_something(self, given: dict[str, Any], **_: Any) -> None:
        """A sheet marks somebody."""
        if not given.get("attendance") and not given.get("others_present"):
            raise ValidationError({"attendance": ["Missing data for required field."]})


class OwnMarkSchema(Schema):
    """One referral's mark in one session of its course; without `present` and `members` it stays unmarked."""

    number = fields.Integer(required=True, validate=validate.Range(min=1))
    present = fields.Boolean(load_default=None, allow_none=True)
    members = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=0))


class CourseWorkSchema(Schema):
    """The work of a course referral: the course that was chosen, and the sessions in which it was present."""

    course_id = fields.UUID(load_default=None, allow_none=True)
    taught_before_reason = _reason()
    attendance = fields.List(
        fields.Nested(OwnMarkSchema), load_default=list, validate=validate.Length(max=MOST_SESSIONS)
    )
