"""What waits for an officer, as programs are told it."""

from marshmallow import Schema

from shared.kernel import fields
from shared.referrals.rules import Lateness


class RowSchema(Schema):
    """One act that waits for whoever asks; words in the language that was asked for."""

    kind = fields.String(required=True)
    act = fields.String(required=True)
    what = fields.String(required=True)
    about = fields.String(required=True)
    address = fields.String(required=True, metadata={"description": "Its page"})
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    lateness = fields.Enum(Lateness, by_value=True, required=True, allow_none=True)


class PartSchema(Schema):
    """What waits for whoever asks in this service: the most urgent rows, and how many there are in all."""

    rows = fields.List(fields.Nested(RowSchema), required=True)
    total = fields.Integer(required=True)
    late = fields.Integer(required=True)
    near = fields.Integer(required=True)
