"""The shapes in which a visit crosses HTTP."""

from marshmallow import Schema, validate

from services.monitoring.causes import Cause
from services.monitoring.visits.rules import Condition, Goods
from shared.kernel import fields


class VisitFindings(Schema):
    """What an officer found on a visit; amounts are those of the last month, in whole rupiah."""

    visited_on = fields.Date(required=True)
    omzet = fields.Rupiah(required=True, validate=validate.Range(min=0))
    profit = fields.Rupiah(required=True, metadata={"description": "A loss is negative."})
    goods = fields.Enum(Goods, by_value=True, required=True)
    condition = fields.Enum(Condition, by_value=True, required=True)
    cause = fields.Enum(Cause, by_value=True, load_default=None, allow_none=True)
    approval = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=120),
        metadata={"description": "Number of the letter that allowed goods to be passed on or sold."},
    )


class VisitPlanned(VisitFindings):
    """A visit as it stands in the plan, with its findings once it took place."""

    number = fields.Integer()
    month = fields.Integer()
    due_on = fields.Date()
    is_flagged = fields.Boolean(metadata={"description": "Goods went away within the first year without approval."})


class Sale(Schema):
    """Goods that were passed on or sold within the first year without approval."""

    referral_id = fields.UUID()
    journey_id = fields.UUID()
    area = fields.String()
    visited_on = fields.Date()


class Sales(Schema):
    """The latest of them."""

    items = fields.List(fields.Nested(Sale))


class VisitsDone(Schema):
    """Nothing needs to be said: the last visit says how the stage ends."""
