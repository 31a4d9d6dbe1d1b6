"""The shapes in which a coordinator's acts cross HTTP."""

from marshmallow import Schema, validate

from services.monitoring.steering.rules import LONGEST, Wants
from shared.kernel import fields
from shared.web.paging import PageQuery

WORDS = validate.Length(min=1, max=LONGEST)


class Reason(Schema):
    """Why."""

    words = fields.String(required=True, validate=WORDS)


class Asking(Reason):
    """Which of the journey's open stages is meant, and why."""

    referral_id = fields.UUID(required=True)


class Answer(Schema):
    """What the office says."""

    answer = fields.String(required=True, validate=WORDS)


class AskQuery(PageQuery):
    """All that was asked, or only what is still open, or answered."""

    answered = fields.Boolean(load_default=None, allow_none=True)


class AskSchema(Schema):
    """What a coordinator asked of an office, with its answer."""

    id = fields.UUID()
    journey_id = fields.UUID()
    referral_id = fields.UUID()
    stage = fields.String()
    office = fields.String()
    wants = fields.Enum(Wants, by_value=True)
    words = fields.String()
    signed = fields.String()
    coordinating_office = fields.String()
    asked_at = fields.AwareDateTime()
    due_at = fields.AwareDateTime(allow_none=True)
    escalated_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "When whoever asked was told that the answer is late"}
    )
    rescheduled = fields.Dict(
        allow_none=True, metadata={"description": "Which decree had it counted anew last, and when it was due before"}
    )
    answer = fields.String(allow_none=True)
    answered_as = fields.String(allow_none=True)
    answered_at = fields.AwareDateTime(allow_none=True)


class FlagSchema(Schema):
    """A flagged journey."""

    journey_id = fields.UUID()
    programme = fields.String()
    area = fields.String()
    words = fields.String()
    signed = fields.String()
    flagged_at = fields.AwareDateTime()


class OnAgenda(Schema):
    """At which meeting it will be discussed; none where no meeting is planned yet."""

    meeting_id = fields.UUID(allow_none=True)
    meets_on = fields.Date(allow_none=True)
    office = fields.String(allow_none=True)


class Steered(Schema):
    """All that a coordinator has done about a journey."""

    asks = fields.List(fields.Nested(AskSchema))
    flag = fields.Nested(FlagSchema, allow_none=True)
