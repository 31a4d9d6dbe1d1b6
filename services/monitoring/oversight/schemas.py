"""The shapes in which the dashboard crosses HTTP; a figure that is null is too small to be shown to who asks."""

from marshmallow import EXCLUDE, Schema, validate

from services.monitoring.flow.schemas import (
    CoverageSchema,
    EdgeSchema,
    FundSchema,
    HeadlineSchema,
    StageCountsSchema,
    SurvivalMonthSchema,
)
from shared.kernel import fields
from shared.web.paging import PageQuery

HIDDEN = {"description": "null where it is too small to be shown"}


class DashboardQuery(Schema):
    """Of which programme, and in which version (all of them unless named); of all programmes when none is named."""

    class Meta:
        unknown = EXCLUDE

    programme = fields.String(load_default=None)
    version = fields.Integer(load_default=None, allow_none=True)


class RedListQuery(PageQuery):
    """Which stages: of a programme, at a stage, with an office, from an office, in an area.

    Late or nearly due ones, unless `used` or `every` asks otherwise.
    """

    programme = fields.String(load_default=None)
    version = fields.Integer(load_default=None)
    stage = fields.String(load_default=None)
    agency = fields.String(load_default=None)
    office = fields.String(load_default=None)
    sender_office = fields.String(load_default=None)
    area = fields.String(load_default=None)
    used = fields.Integer(
        load_default=None,
        validate=validate.Range(min=0),
        metadata={"description": "More than so many per cent of the time limit are gone; 100: late"},
    )
    every = fields.Boolean(
        load_default=False, metadata={"description": "Also those that are neither late nor nearly due"}
    )


class PromisesQuery(PageQuery):
    """Which closed stages: of a programme, of an office, closed in a month or since one, in time or late."""

    programme = fields.String(load_default=None)
    version = fields.Integer(load_default=None)
    office = fields.String(load_default=None)
    month = fields.Date(load_default=None, metadata={"description": "Any day of the month in which they were closed"})
    since = fields.Date(load_default=None, metadata={"description": "Any day of the first month"})
    kept = fields.Boolean(load_default=None, metadata={"description": "Closed before the date was over"})


class ClosedStageSchema(Schema):
    """A stage that an office closed, as one of its promises."""

    referral_id = fields.UUID(required=True)
    journey_id = fields.UUID(required=True)
    programme = fields.String(required=True)
    version = fields.Integer(required=True)
    area = fields.String(required=True)
    stage = fields.String(required=True)
    agency = fields.String(required=True)
    office = fields.String(required=True)
    closed_as = fields.String(required=True)
    outcome = fields.String(required=True, allow_none=True)
    offered_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True)
    closed_at = fields.AwareDateTime(required=True)
    kept = fields.Boolean(required=True)
    working_days = fields.Integer(required=True)


class OpenStageSchema(Schema):
    """A stage that somebody waits for."""

    referral_id = fields.UUID(required=True)
    journey_id = fields.UUID(required=True)
    programme = fields.String(required=True)
    version = fields.Integer(required=True)
    area = fields.String(required=True)
    stage = fields.String(required=True)
    agency = fields.String(required=True)
    office = fields.String(required=True)
    sender_office = fields.String(required=True)
    offered_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True)
    is_decision = fields.Boolean(required=True)
    is_accepted = fields.Boolean(required=True)
    is_overdue = fields.Boolean(required=True)
    is_due_soon = fields.Boolean(required=True)
    remind_at = fields.AwareDateTime(required=True)
    used = fields.Integer(required=True, metadata={"description": "Per cent of the time limit"})
    days = fields.Integer(required=True, metadata={"description": "Whole days since it was offered"})


class HandoverSchema(Schema):
    """How many open stages one office waits for from another, and for how many days."""

    sender_office = fields.String(required=True)
    office = fields.String(required=True)
    waiting = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    oldest_days = fields.Integer(required=True)
    median_days = fields.Integer(required=True)


class TileSchema(Schema):
    """A kecamatan: whom the programmes have reached there, and how that compares with an even split."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    row = fields.Integer(required=True)
    column = fields.Integer(required=True)
    people = fields.Integer(required=True, allow_none=True, metadata=HIDDEN)
    journeys = fields.Integer(required=True, allow_none=True, metadata={"description": "Those that carry them"})
    percent = fields.Integer(required=True, allow_none=True, metadata={"description": "Of all reached in the region"})
    fairness = fields.Float(required=True, allow_none=True, metadata={"description": "Multiple of an even split"})


class RegionSchema(Schema):
    """A regency or city with its kecamatan."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    people = fields.Integer(required=True, allow_none=True, metadata=HIDDEN)
    journeys = fields.Integer(required=True, allow_none=True, metadata={"description": "Those that carry them"})
    tiles = fields.List(fields.Nested(TileSchema), required=True)


class MonthSchema(Schema):
    """How many promises were closed in a month, how many of them in time, and their share."""

    closed = fields.Integer(required=True)
    kept = fields.Integer(required=True)
    percent = fields.Integer(required=True, allow_none=True)


class OfficePromisesSchema(Schema):
    """An office's promises of the last months, by the first day of each month."""

    office = fields.String(required=True)
    agency = fields.String(required=True)
    months = fields.Dict(keys=fields.Date(), values=fields.Nested(MonthSchema), required=True)
    whole = fields.Nested(MonthSchema, required=True)
    median_working_days = fields.Integer(required=True, allow_none=True)


class MilestoneSchema(Schema):
    """A stage, or `graduated`: how many journeys of each month's cohort completed it, and of all."""

    name = fields.String(required=True)
    by_cohort = fields.Dict(keys=fields.Date(), values=fields.Integer(allow_none=True), required=True)
    total = fields.Integer(required=True, allow_none=True, metadata=HIDDEN)
    percent = fields.Integer(required=True, allow_none=True)


class LeavingSchema(Schema):
    """How journeys ended before their time, decided by which stage."""

    outcome = fields.String(required=True)
    because = fields.String(required=True, allow_none=True)
    journeys = fields.Integer(required=True, allow_none=True, metadata=HIDDEN)


class FunnelSchema(Schema):
    """What became of those who set out in the same month; with `earlier`, the first cohort is all up to it."""

    cohorts = fields.List(fields.Date(), required=True)
    earlier = fields.Boolean(required=True)
    opened = fields.Dict(keys=fields.Date(), values=fields.Integer(allow_none=True), required=True)
    total = fields.Integer(required=True, allow_none=True, metadata=HIDDEN)
    milestones = fields.List(fields.Nested(MilestoneSchema), required=True)
    leaving = fields.List(fields.Nested(LeavingSchema), required=True)


class OneProgrammeSchema(Schema):
    """What is told of one programme alone: its process map in numbers, its funnel, its reach."""

    programme = fields.String(required=True, attribute="programme.id")
    version = fields.Integer(required=True, allow_none=True, metadata={"description": "null where it is all of them"})
    stages = fields.List(fields.Nested(StageCountsSchema), required=True)
    edges = fields.List(fields.Nested(EdgeSchema), attribute="drawn.edges", required=True)
    funnel = fields.Nested(FunnelSchema, required=True)
    coverage = fields.Nested(CoverageSchema, required=True, allow_none=True)
    survival = fields.List(fields.Nested(SurvivalMonthSchema), required=True)


class LastWordSchema(Schema):
    """What an office last did, by the name of the event that told of it; empty and null where it has said nothing."""

    office = fields.String(required=True)
    type = fields.String(required=True)
    happened_at = fields.AwareDateTime(required=True, allow_none=True)


class DashboardSchema(Schema):
    """The figures of your areas, as of a moment; `state` is another one whenever something was heard."""

    state = fields.String(required=True)
    as_of = fields.AwareDateTime(required=True)
    last_words = fields.List(fields.Nested(LastWordSchema), required=True)
    headlines = fields.List(fields.Nested(HeadlineSchema), required=True)
    late = fields.List(fields.Nested(OpenStageSchema), required=True)
    handovers = fields.List(fields.Nested(HandoverSchema), required=True)
    regions = fields.List(fields.Nested(RegionSchema), required=True)
    funds = fields.List(fields.Nested(FundSchema), required=True)
    promises = fields.List(fields.Nested(OfficePromisesSchema), attribute="promises.offices", required=True)
    one = fields.Nested(OneProgrammeSchema, required=True, allow_none=True)
