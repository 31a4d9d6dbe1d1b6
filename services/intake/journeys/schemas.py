"""The shapes in which journeys cross HTTP."""

from typing import Any

from marshmallow import Schema, ValidationError, pre_load, validate, validates_schema

from services.intake.journeys.rules import JourneyStatus
from shared.events.intake import JourneyOutcome, StuckBecause, SubjectKind
from shared.kernel import fields
from shared.programmes.definition import Basis
from shared.referrals.schemas import HandedOnSchema
from shared.web.paging import PageQuery

MOST_AT_ONCE = 5000
MOST_NAMED = 50
"""Persons and groups that a search by name gives at most."""
AGAIN, END = "offer-again", "end"


class JourneyQuery(PageQuery):
    """Which journeys to list."""

    state = fields.String(load_default=None, validate=validate.OneOf(["open", "stuck", "consent", "ended"]))
    programme = fields.String(load_default=None)
    stage = fields.String(load_default=None, metadata={"description": "In which it stands open at present"})
    area = fields.String(load_default=None, metadata={"description": "An area's code: whoever lives there or inside"})
    subject_id = fields.DelimitedList(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=MOST_NAMED),
        metadata={"description": "Persons and groups, with commas between them"},
    )
    number = fields.JourneyNumber(
        load_default=None, metadata={"description": "Its number or the last digits, with or without hyphens"}
    )


class NameSought(Schema):
    """Parts of a name; they travel in the body, because addresses are written into logs."""

    name = fields.String(required=True, validate=validate.Length(min=3, max=80))


class JourneysOpened(Schema):
    """Whom to let set out on a programme; its newest version unless told otherwise."""

    programme = fields.String(required=True)
    version = fields.Integer(load_default=None, allow_none=True)
    subject_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(min=1, max=MOST_AT_ONCE))


class NotOpened(Schema):
    """Why one of them could not set out."""

    subject_id = fields.UUID()
    code = fields.String()
    detail = fields.String()
    instead = fields.String(metadata={"description": "Where to go on: the record under which the person lives on"})


class OpenedJourney(Schema):
    """A journey just opened."""

    subject_id = fields.UUID()
    journey_id = fields.UUID()
    number = fields.String()


class Opening(Schema):
    """Whose journeys were opened, and whose were not."""

    opened = fields.List(fields.Nested(OpenedJourney))
    refused = fields.List(fields.Nested(NotOpened))
    warned = fields.List(
        fields.Nested(NotOpened), metadata={"description": "Of those opened: who has had the programme before"}
    )


class Waiting(Schema):
    """A stage that waits for somebody."""

    stage = fields.String()
    standing = fields.String()
    office = fields.String(allow_none=True)
    due_at = fields.String(allow_none=True)


class Journey(Schema):
    """A journey as a list shows it."""

    id = fields.UUID()
    number = fields.String(metadata={"description": "As people read it out; the same in every service"})
    programme = fields.String()
    version = fields.Integer()
    subject_kind = fields.Enum(SubjectKind, by_value=True)
    subject_id = fields.UUID()
    area = fields.String()
    lead_office = fields.String()
    parent_id = fields.UUID(allow_none=True)
    status = fields.Enum(JourneyStatus, by_value=True)
    is_stuck = fields.Boolean()
    outcome = fields.Enum(JourneyOutcome, by_value=True, allow_none=True)
    because = fields.String(allow_none=True)
    opened_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)
    waits_for = fields.List(fields.Nested(Waiting))


class NamedJourney(Journey):
    """A journey, and what whoever is on it is called."""

    name = fields.String(required=True, allow_none=True)


class CameBack(Schema):
    """What an office said when it gave a stage back."""

    referral_id = fields.UUID()
    office = fields.String()
    why = fields.Enum(StuckBecause, by_value=True)
    reason = fields.String(allow_none=True)
    suggestion = fields.String(allow_none=True)
    explanation = fields.String(allow_none=True)
    at = fields.AwareDateTime()


class BroughtIn(Schema):
    """A turn of a stage that was done on paper: the day of the act, its paper's number, and who entered it when."""

    referral_id = fields.UUID()
    attempt = fields.Integer()
    outcome = fields.String()
    done_on = fields.Date()
    paper = fields.String(allow_none=True)
    entered_at = fields.AwareDateTime()
    entered_by = fields.UUID()
    entered_as = fields.String()


class Title(Schema):
    """A stage's title in both languages."""

    id = fields.String()
    en = fields.String()


class StageReport(Schema):
    """What an office reported of a stage; `findings` as far as they are for the officer's agency."""

    attempt = fields.Integer()
    office = fields.String()
    outcome = fields.String()
    facts = fields.Dict()
    findings = fields.Dict()
    reported_at = fields.AwareDateTime()


class Stage(Schema):
    """One stage of a journey; `waiting` stands for not reached yet, `why` says why it is stuck or was skipped."""

    stage = fields.String()
    title = fields.Nested(Title)
    agency = fields.String()
    does = fields.String()
    basis = fields.Enum(Basis, by_value=True)
    standing = fields.String()
    why = fields.String(allow_none=True)
    attempt = fields.Integer()
    office = fields.String(allow_none=True)
    due_at = fields.String(allow_none=True)
    referral_id = fields.UUID(allow_none=True)
    outcome = fields.String(allow_none=True)
    came_back = fields.List(fields.Nested(CameBack))
    reports = fields.List(fields.Nested(StageReport), metadata={"description": "Every attempt, the earliest first"})
    brought_in = fields.List(fields.Nested(BroughtIn))


class WholeJourney(Journey):
    """A journey with all its stages."""

    end_reason = fields.String(allow_none=True)
    asks_consent = fields.Boolean()
    stages = fields.List(fields.Nested(Stage))
    handed_on = fields.List(fields.Nested(HandedOnSchema))


class StageReoffered(Schema):
    """Which stage to offer again; to the same office unless another is named."""

    stage = fields.String(required=True)
    office = fields.String(load_default=None, allow_none=True)


class DecisionMade(Schema):
    """What the leading office decides on a stage that came back; a journey is ended for a reason."""

    decision = fields.String(required=True, validate=validate.OneOf([AGAIN, END]))
    office = fields.String(load_default=None, allow_none=True)
    reason = fields.String(load_default=None, allow_none=True, validate=validate.Length(min=3, max=1000))

    @pre_load
    def _nothing_typed(self, given: Any, **_: Any) -> Any:
        return {name: value for name, value in given.items() if value != ""} if isinstance(given, dict) else given

    @validates_schema
    def _reason_at_the_end(self, given: dict[str, Any], **_: Any) -> None:
        if given["decision"] == END and not given["reason"]:
            raise ValidationError("required", "reason")


class JourneysMoved(Schema):
    """Which version's journeys go on by which; `look` only says what would become of them."""

    programme = fields.String(required=True)
    from_version = fields.Integer(required=True)
    to_version = fields.Integer(required=True)
    look = fields.Boolean(load_default=False)


class NotMoved(Schema):
    """A journey that stays, and why."""

    journey_id = fields.UUID()
    code = fields.String()
    detail = fields.String()


class Moving(Schema):
    """How many journeys fit the other version, what is offered at once, how many end, and which stay."""

    fits = fields.Integer()
    offers = fields.Dict(keys=fields.String(), values=fields.Integer())
    ends = fields.Integer()
    stays = fields.List(fields.Nested(NotMoved))
    moved = fields.Boolean()


class Reason(Schema):
    """Why, in words; kept encrypted and told to nobody else."""

    reason = fields.String(required=True, validate=validate.Length(min=3, max=1000))
