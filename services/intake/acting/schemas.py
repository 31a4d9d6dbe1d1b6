"""The shapes in which leave and acting for a post cross HTTP."""

from marshmallow import Schema, validate

from services.intake.accounts.rules import LeaveReason
from services.intake.acting.rules import LONGEST_LETTER
from shared.identity.acting import POSTS, ActingKind
from shared.identity.rules import Role
from shared.kernel import fields


class LeaveNotedSchema(Schema):
    """From when to when she is away, and who stands in; nobody needs to."""

    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True)
    reason = fields.Enum(LeaveReason, by_value=True, load_default=None, allow_none=True)
    stand_in_id = fields.UUID(load_default=None, allow_none=True)


class AppointmentMadeSchema(Schema):
    """For which post she acts, from when to when, by which letter; a Plh stands for its holder."""

    kind = fields.Enum(ActingKind, by_value=True, required=True)
    post = fields.Enum(Role, by_value=True, required=True, validate=validate.OneOf(list(POSTS)))
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True)
    letter_number = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST_LETTER))
    letter_on = fields.Date(required=True)
    stands_for_id = fields.UUID(load_default=None, allow_none=True)


class AppointmentEndedSchema(Schema):
    """Why it ends before its last day."""

    why = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=300))


class LeaveSchema(Schema):
    """Somebody's leave."""

    id = fields.UUID()
    officer_id = fields.UUID()
    name = fields.String()
    from_on = fields.Date()
    to_on = fields.Date()
    reason = fields.Enum(LeaveReason, by_value=True, allow_none=True)
    stand_in_id = fields.UUID(allow_none=True)
    stand_in = fields.String(allow_none=True)
    withdrawn = fields.Boolean()
    is_open = fields.Boolean(metadata={"description": "It runs today or will"})


class AppointmentSchema(Schema):
    """Somebody acts for a post."""

    id = fields.UUID()
    officer_id = fields.UUID()
    name = fields.String()
    kind = fields.Enum(ActingKind, by_value=True)
    post = fields.Enum(Role, by_value=True)
    office = fields.String()
    stands_for_id = fields.UUID(allow_none=True)
    stands_for = fields.String(allow_none=True)
    title = fields.String(metadata={"description": "What she signs with beside her name"})
    letter_number = fields.String()
    letter_on = fields.Date()
    from_on = fields.Date()
    to_on = fields.Date()
    ended_at = fields.AwareDateTime(allow_none=True, metadata={"description": "Before its last day was over"})
    is_open = fields.Boolean(metadata={"description": "It runs today or will"})


class StandingSchema(Schema):
    """Who is away and who acts."""

    leaves = fields.List(fields.Nested(LeaveSchema))
    appointments = fields.List(fields.Nested(AppointmentSchema))


class OfficesStandingSchema(StandingSchema):
    """Who is away and who acts at the offices that the officer sees, and where no counsellor is there."""

    without_counsellor = fields.List(fields.String())
