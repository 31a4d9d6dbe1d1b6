"""The shapes in which the figures cross HTTP."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, validate

from services.monitoring.flow.rules import At, Ended
from services.monitoring.flow.words import who_counts
from shared.kernel import fields
from shared.referrals.schemas import HandedOnSchema
from shared.web import paging

MOST_NAMED = 50
"""Journeys that a search by name gives at most."""
STATES = {each.value: each for each in (*At, *Ended)}


class StateField(fields.String):
    """Where a journey stands with a stage, or how it ended."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> At | Ended:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text not in STATES:
            raise ValidationError(f"Must be one of: {', '.join(STATES)}.")
        return STATES[text]


class VersionQuery(Schema):
    """Which version of a programme; all of them together when none is named."""

    class Meta:
        unknown = EXCLUDE

    version = fields.Integer(load_default=None, allow_none=True)


class JourneyQuery(paging.PageQuery):
    """Which journeys: of a programme, at a stage, in a state, with an outcome."""

    programme = fields.String(load_default=None)
    version = fields.Integer(load_default=None)
    stage = fields.String(load_default=None)
    state = StateField(load_default=None, metadata={"enum": list(STATES)})
    outcome = fields.String(load_default=None)
    because = fields.String(
        load_default=None, metadata={"description": "The stage that decided it; `-` where none did"}
    )
    area = fields.String(load_default=None, metadata={"description": "An area's code: whoever lives there or inside"})
    cohort = fields.Date(load_default=None, metadata={"description": "Any day of the month in which they were opened"})
    number = fields.JourneyNumber(
        load_default=None, metadata={"description": "A journey's number or its last digits, with or without hyphens"}
    )
    journey_id = fields.DelimitedList(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=MOST_NAMED),
        metadata={"description": "These alone, with commas between them"},
    )


class NameSought(Schema):
    """Parts of a name; they travel in the body, because addresses are written into logs."""

    name = fields.String(required=True, validate=validate.Length(min=3, max=80))


class FundSchema(Schema):
    """Where the money of a fund stands, in rupiah."""

    id = fields.String()
    title = fields.String()
    title_en = fields.String(allow_none=True)
    source = fields.String()
    budget_year = fields.Integer()
    ceiling = fields.Rupiah()
    reserved = fields.Rupiah()
    committed = fields.Rupiah()
    realised = fields.Rupiah()
    returned = fields.Rupiah()
    lent = fields.Rupiah(metadata={"description": "Out as loans; no part of `realised`"})
    repaid = fields.Rupiah()
    free = fields.Rupiah()


class HeadlineSchema(Schema):
    """A programme's version in a line."""

    programme = fields.String()
    version = fields.Integer()
    open = fields.Integer()
    ended = fields.Dict(keys=fields.String(), values=fields.Integer())


class HeadlinesSchema(Schema):
    """Every programme that carries or carried somebody."""

    items = fields.List(fields.Nested(HeadlineSchema))


class StageCountsSchema(Schema):
    """How many journeys stand where with one stage."""

    stage = fields.String()
    entered = fields.Integer()
    open = fields.Integer()
    waiting = fields.Integer()
    active = fields.Integer()
    due_soon = fields.Integer()
    overdue = fields.Integer()
    stuck = fields.Integer()
    pressing = fields.Integer(metadata={"description": "`overdue` and `stuck` together"})
    done = fields.Integer()
    skipped = fields.Integer()
    outcomes = fields.Dict(keys=fields.String(), values=fields.Integer())
    median_working_days = fields.Integer(allow_none=True)


class EdgeSchema(Schema):
    """How many journeys went from one stage to another; back, where it is a second chance."""

    source = fields.String(attribute="edge.source")
    target = fields.String(attribute="edge.target")
    is_return = fields.Boolean(attribute="edge.is_return")
    journeys = fields.Integer()
    lately = fields.Integer(metadata={"description": "Of these, in the last 30 days"})


class WaitingSchema(Schema):
    """How many open stages one office waits for from another."""

    sender_office = fields.String()
    office = fields.String()
    stage = fields.String()
    waiting = fields.Integer()
    overdue = fields.Integer()


class FlowSchema(Schema):
    """A programme's version with all its numbers, as of a moment; without one they are those of all versions."""

    programme = fields.String()
    version = fields.Integer(allow_none=True)
    as_of = fields.AwareDateTime()
    stages = fields.List(fields.Nested(StageCountsSchema))
    edges = fields.List(fields.Nested(EdgeSchema))
    waiting = fields.List(fields.Nested(WaitingSchema))
    funds = fields.List(fields.Nested(FundSchema))


class OwedSchema(Schema):
    """What an open journey waits for."""

    stage = fields.String()
    office = fields.String()
    since = fields.AwareDateTime()
    until = fields.AwareDateTime(allow_none=True)
    is_decision = fields.Boolean()


class JourneyFigureSchema(Schema):
    """A journey: codes only, nothing that tells who she is."""

    id = fields.UUID()
    number = fields.String(metadata={"description": "As people read it out; the same in every service"})
    programme = fields.String()
    version = fields.Integer()
    area = fields.String()
    subject_kind = fields.String()
    members = fields.Integer()
    lead_office = fields.String()
    opened_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)
    outcome = fields.String(allow_none=True)
    because = fields.String(allow_none=True)


class JourneyLineSchema(Schema):
    """A journey in a list, with what it waits for."""

    journey = fields.Nested(JourneyFigureSchema)
    owed = fields.List(fields.Nested(OwedSchema))


class NamedLineSchema(JourneyLineSchema):
    """A journey in a list, and what your office was told that whoever is on it is called."""

    name = fields.String(required=True, allow_none=True)


class StageTurnSchema(Schema):
    """One offer of a stage, and what became of it."""

    referral_id = fields.UUID()
    stage = fields.String()
    attempt = fields.Integer()
    agency = fields.String()
    office = fields.String()
    state = fields.String()
    offered_at = fields.AwareDateTime()
    due_at = fields.AwareDateTime()
    accepted_at = fields.AwareDateTime(allow_none=True)
    closed_at = fields.AwareDateTime(allow_none=True)
    outcome = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    decides = fields.UUID(
        allow_none=True, metadata={"description": "The referral that came back, on which the leading office decides"}
    )
    on_paper = fields.Date(
        allow_none=True, metadata={"description": "The day on which it was done on paper, before Kail"}
    )


class TimelineSchema(Schema):
    """One line of a journey's story."""

    id = fields.UUID()
    happened_at = fields.AwareDateTime()
    service = fields.String()
    type = fields.String()
    stage = fields.String(allow_none=True)
    agency = fields.String(allow_none=True)
    office = fields.String(allow_none=True)
    referral_id = fields.UUID(allow_none=True)
    cause_id = fields.UUID(allow_none=True)
    trace_id = fields.UUID()
    said = fields.Dict()


class StorySchema(Schema):
    """One journey over all agencies."""

    journey = fields.Nested(JourneyFigureSchema)
    owed = fields.List(fields.Nested(OwedSchema))
    turns = fields.List(fields.Nested(StageTurnSchema))
    timeline = fields.List(fields.Nested(TimelineSchema))
    handed_on = fields.List(fields.Nested(HandedOnSchema))


class GenerationSchema(Schema):
    """Groups that are so many recruitments away from the first ones."""

    number = fields.Integer(required=True)
    groups = fields.Integer(required=True, allow_none=True)
    women = fields.Integer(required=True, allow_none=True)


class CoverageSchema(Schema):
    """Women and kelurahan reached up to now, towards what the programme names."""

    women = fields.Integer(required=True, allow_none=True)
    kelurahan = fields.Integer(required=True, allow_none=True)
    women_wanted = fields.Integer(required=True, allow_none=True)
    kelurahan_wanted = fields.Integer(required=True, allow_none=True)
    generations = fields.List(fields.Nested(GenerationSchema), required=True)
    who_counts = fields.String(dump_default=who_counts, metadata={"description": "Who counts, and who does not"})


class KelurahanSchema(Schema):
    """A kelurahan or desa, with the kecamatan and the regency or city in which it lies."""

    code = fields.String()
    name = fields.String()
    kecamatan = fields.String()
    regency = fields.String()


class UnreachedSchema(Schema):
    """The kelurahan in which nobody has set out yet; null where naming them would tell of a few."""

    kelurahan = fields.List(fields.Nested(KelurahanSchema), required=True, allow_none=True)
    of = fields.Integer(required=True, metadata={"description": "How many kelurahan the programme has in your areas"})
    who_counts = fields.String(dump_default=who_counts, metadata={"description": "Who counts, and who does not"})


class SurvivalMonthSchema(Schema):
    """How many businesses were seen in a month after the hand-over, and how many of them lived on."""

    month = fields.Integer(required=True)
    visited = fields.Integer(required=True, allow_none=True)
    alive = fields.Integer(required=True, allow_none=True)
    stalled = fields.Integer(required=True, allow_none=True)
    percent = fields.Integer(required=True, allow_none=True)


class SurvivalSchema(Schema):
    """The months in which a programme visits the businesses; none where it does not."""

    months = fields.List(fields.Nested(SurvivalMonthSchema), required=True)
