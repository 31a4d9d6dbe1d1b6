"""The shapes in which runs in bulk cross HTTP."""

from marshmallow import Schema, validate

from shared.kernel import fields
from shared.referrals import schemas
from shared.referrals.bulk.commands import MOST
from shared.referrals.bulk.models import BulkState, ItemState
from shared.referrals.together import Act
from shared.web import paging


class WholeStageSchema(Schema):
    """A stage, with which the act is done for every referral of your office for which it can be."""

    programme = fields.String(required=True)
    version = fields.Integer(required=True)
    stage = fields.String(required=True)
    kind = fields.String(required=True)


class BulkSchema(schemas.TogetherSchema):
    """One act for many, tried in the background first; then `confirm` does it. Name `ids`, or the `whole` stage."""

    class Meta:
        """Looking is what it begins with."""

        exclude = ("look",)

    ids = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=MOST))
    each = fields.Dict(keys=fields.UUID(), values=fields.Dict(), load_default=dict, validate=validate.Length(max=MOST))
    whole = fields.Nested(WholeStageSchema, load_default=None, allow_none=True)


class ProgressSchema(Schema):
    """How many there are in each state, and how many end how."""

    total = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    able = fields.Integer(required=True, metadata={"description": "Tried, and would be done"})
    done = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    outcomes = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class RunSchema(Schema):
    """A run in a list."""

    id = fields.UUID(required=True)
    act = fields.Enum(Act, by_value=True, required=True)
    state = fields.Enum(BulkState, by_value=True, required=True)
    created_at = fields.AwareDateTime(required=True)
    confirmed_at = fields.AwareDateTime(required=True, allow_none=True)
    moved_at = fields.AwareDateTime(required=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)


class RunStandingSchema(RunSchema):
    """A run, and how far it has come."""

    progress = fields.Nested(ProgressSchema, required=True)


class ItemQuery(paging.PageQuery):
    """Which of a run's referrals to list."""

    state = fields.Enum(ItemState, by_value=True, load_default=None, allow_none=True)


class ItemSchema(Schema):
    """What became of one referral of a run."""

    id = fields.UUID(required=True, attribute="referral_id")
    state = fields.Enum(ItemState, by_value=True, required=True)
    outcome = fields.String(required=True, allow_none=True)
    code = fields.String(required=True, allow_none=True, metadata={"description": "Why it was not done; stable"})
    detail = fields.String(required=True, allow_none=True)
