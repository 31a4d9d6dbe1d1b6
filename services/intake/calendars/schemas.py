"""The shapes in which calendars cross HTTP, and that of a calendar file, which is the same."""

from marshmallow import Schema, validate

from services.intake.calendars.rules import MOST_DAYS
from shared.events.intake import DayKind
from shared.identity.offices import REGION
from shared.kernel import fields

ONE_LINE = validate.Regexp(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]+\Z")


class CalendarDayGiven(Schema):
    """A day, what it is, and what it is called."""

    day = fields.Date(required=True)
    kind = fields.Enum(DayKind, by_value=True, required=True)
    name = fields.String(required=True, validate=[validate.Length(min=3, max=200), ONE_LINE])


class CalendarSource(Schema):
    """The decree that says so."""

    number = fields.String(required=True, validate=[validate.Length(min=2, max=100), ONE_LINE])
    date = fields.Date(required=True)
    issuer = fields.String(required=True, validate=[validate.Length(min=3, max=200), ONE_LINE])


class CalendarGiven(Schema):
    """The calendar of a region by one decree."""

    region = fields.String(
        required=True,
        validate=validate.Regexp(rf"{REGION.pattern}\Z"),
        metadata={"description": "The code of Kemendagri: 64.02"},
    )
    source = fields.Nested(CalendarSource, required=True)
    days = fields.List(fields.Nested(CalendarDayGiven), required=True, validate=validate.Length(min=1, max=MOST_DAYS))


class DecreeRemoval(Schema):
    """Why a decree is taken out of the calendar."""

    reason = fields.String(required=True, validate=[validate.Length(min=3, max=500), ONE_LINE])


class DecreeSchema(Schema):
    """A decree of a region's calendar; `counted` is how many open stages and decisions were counted anew."""

    id = fields.UUID(allow_none=True)
    region = fields.String()
    number = fields.String()
    decreed_on = fields.Date()
    issuer = fields.String()
    days = fields.List(fields.Nested(CalendarDayGiven))
    noted_name = fields.String()
    noted_at = fields.AwareDateTime(allow_none=True)
    removed_because = fields.String(allow_none=True)
    removed_at = fields.AwareDateTime(allow_none=True)
    counted = fields.Integer()
    counted_at = fields.AwareDateTime(allow_none=True, metadata={"description": "null while dates are being counted"})


class CalendarLook(Schema):
    """What a calendar would do: which of its days change anything, and how many journeys are open in its region."""

    decree = fields.Nested(DecreeSchema)
    changes = fields.List(fields.Date())
    open_journeys = fields.Integer()


class Decrees(Schema):
    """The decrees of the region's calendars, the latest first."""

    items = fields.List(fields.Nested(DecreeSchema))
