"""The shapes in which meetings, their agendas and tasks cross HTTP."""

from marshmallow import Schema, validate

from services.monitoring.meetings.rules import Reason, TaskState
from shared.kernel import fields
from shared.places.shapes import is_known_area
from shared.web.paging import PageQuery
from shared.web.signing import SignedAs

SHORT = validate.Length(min=1, max=200)
LONG = validate.Length(min=1, max=10_000)
SENTENCE = validate.Length(min=1, max=2_000)


class MeetingPlan(Schema):
    """A meeting as it is convened; without programmes it is about all of them."""

    meets_on = fields.Date(required=True)
    place = fields.String(required=True, validate=SHORT)
    area = fields.String(required=True, validate=is_known_area)
    programmes = fields.List(fields.String(), load_default=list)


class MeetingLineSchema(Schema):
    """A meeting in a list."""

    id = fields.UUID(required=True)
    agency = fields.String(required=True)
    office = fields.String(required=True)
    area = fields.String(required=True)
    programmes = fields.List(fields.String(), required=True)
    meets_on = fields.Date(required=True)
    place = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": ["planned", "held", "cancelled"]})
    held_at = fields.AwareDateTime(required=True, allow_none=True)
    cancelled_at = fields.AwareDateTime(required=True, allow_none=True)


class AttendanceSchema(Schema):
    """How many people came from an office."""

    office = fields.String(required=True)
    agency = fields.String(required=True)
    people = fields.Integer(required=True)


class TaskSchema(Schema):
    """A decision of a meeting, and what has become of it."""

    id = fields.UUID(required=True)
    meeting_id = fields.UUID(required=True)
    item_id = fields.UUID(required=True, allow_none=True)
    journey_id = fields.UUID(required=True, allow_none=True)
    decision = fields.String(required=True)
    agency = fields.String(required=True)
    office = fields.String(required=True)
    due_on = fields.Date(required=True)
    rescheduled = fields.Dict(
        allow_none=True, metadata={"description": "Which decree had it counted anew last, and when it was due before"}
    )
    state = fields.Enum(TaskState, by_value=True, required=True)
    is_overdue = fields.Boolean(required=True)
    accepted_at = fields.AwareDateTime(required=True, allow_none=True)
    done_at = fields.AwareDateTime(required=True, allow_none=True)
    signed_as = SignedAs("decided_by", "assigned_at")
    note = fields.String(required=True, allow_none=True)
    returned_because = fields.String(required=True, allow_none=True)


class ReasonCountSchema(Schema):
    """How many items stand on an agenda for one reason."""

    reason = fields.Enum(Reason, by_value=True, required=True)
    items = fields.Integer(required=True)


class MeetingSchema(MeetingLineSchema):
    """A meeting with what is open from before, what it discusses and what it decided."""

    minutes = fields.String(required=True, allow_none=True)
    signed_as = SignedAs("held_by", "held_at")
    cancelled_because = fields.String(required=True, allow_none=True)
    from_before = fields.List(fields.Nested(TaskSchema), required=True)
    agenda = fields.List(fields.Nested(ReasonCountSchema), required=True)
    decisions = fields.List(fields.Nested(TaskSchema), required=True)
    attendance = fields.List(fields.Nested(AttendanceSchema), required=True)


class AgendaItemSchema(Schema):
    """Something that a meeting discusses: codes only."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    reason = fields.Enum(Reason, by_value=True, required=True)
    programme = fields.String(required=True, allow_none=True)
    area = fields.String(required=True, allow_none=True)
    journey_id = fields.UUID(required=True, allow_none=True)
    referral_id = fields.UUID(required=True, allow_none=True)
    stage = fields.String(required=True, allow_none=True)
    office = fields.String(required=True, allow_none=True)
    fund_id = fields.String(required=True, allow_none=True)
    since = fields.AwareDateTime(required=True)


class MeetingQuery(PageQuery):
    """Which part of an office's meetings."""


class AgendaQuery(PageQuery):
    """Which part of an agenda."""


class DecisionSchema(Schema):
    """Who does what until when; about an item of the agenda, or about none."""

    item_id = fields.UUID(load_default=None, allow_none=True)
    decision = fields.String(required=True, validate=SENTENCE)
    office = fields.String(required=True)
    due_on = fields.Date(required=True)


class MeetingHeld(Schema):
    """The minutes of a meeting, and how many people came, by office."""

    minutes = fields.String(required=True, validate=LONG)
    attendance = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(validate=validate.Range(min=1, max=1_000)),
        required=True,
        validate=validate.Length(min=1),
    )


class MeetingCancelled(Schema):
    """Why a meeting does not take place."""

    reason = fields.String(required=True, validate=SENTENCE)


class TaskQuery(PageQuery):
    """Which tasks of an office: what is to be done, of that only what is late, or what was done."""

    done = fields.Boolean(load_default=False)
    overdue = fields.Boolean(load_default=False)
    returned = fields.Boolean(
        load_default=False, metadata={"description": "Instead, what offices gave back to this one, which had convened"}
    )


class TaskReturned(Schema):
    """Why a task cannot be done at this office."""

    reason = fields.String(required=True, validate=SENTENCE)


class TaskPassedOn(Schema):
    """Who does a task that came back, and until when."""

    office = fields.String(required=True)
    due_on = fields.Date(required=True)


class TaskDone(Schema):
    """What was done."""

    note = fields.String(required=True, validate=SENTENCE)


class DiscussedSchema(Schema):
    """At which meeting a single stage was discussed, where holding the meeting did not complete it."""

    meeting_id = fields.UUID(required=True)
