"""The shapes in which acts done on paper cross HTTP."""

from marshmallow import Schema, validate

from services.intake.bringing_in.rules import LONGEST, MOST_ACTS
from shared.kernel import fields

FIELD = 500
"""Characters of one cell; what a stage reports beside its date, number and amount is the longest."""


class ActWritten(Schema):
    """One act that was done on paper, as its paper says it; `reported` is name=value, several with a semicolon."""

    who = fields.String(required=True, validate=validate.Length(min=1, max=FIELD))
    stage = fields.String(required=True, validate=validate.Length(min=1, max=FIELD))
    outcome = fields.String(required=True, validate=validate.Length(min=1, max=FIELD))
    date = fields.String(required=True, validate=validate.Length(min=1, max=FIELD))
    number = fields.String(load_default="", validate=validate.Length(max=FIELD))
    amount = fields.String(load_default="", validate=validate.Length(max=FIELD))
    reported = fields.String(load_default="", validate=validate.Length(max=FIELD))


class OfProgramme(Schema):
    """Which programme is taken over."""

    programme = fields.String(load_default=None)


class ActsBroughtIn(Schema):
    """The acts of journeys that began on paper; `look` only says what would become of them."""

    programme = fields.String(required=True)
    version = fields.Integer(load_default=None, allow_none=True)
    acts = fields.List(fields.Nested(ActWritten), required=True, validate=validate.Length(min=1, max=MOST_ACTS))
    look = fields.Boolean(load_default=False)


class ListBroughtIn(Schema):
    """The same as a list: comma-separated lines with a heading."""

    programme = fields.String(required=True)
    version = fields.Integer(load_default=None, allow_none=True)
    text = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST))
    look = fields.Boolean(load_default=False)


class ActByHand(Schema):
    """One stage on the form of one journey, with what else it reported; without a result it was not done on paper."""

    stage = fields.String(required=True)
    outcome = fields.String(load_default="", validate=validate.Length(max=FIELD))
    date = fields.String(load_default="", validate=validate.Length(max=FIELD))
    number = fields.String(load_default="", validate=validate.Length(max=FIELD))
    amount = fields.String(load_default="", validate=validate.Length(max=FIELD))
    facts = fields.Dict(keys=fields.String(), load_default=dict)


class JourneyByHand(Schema):
    """One journey with the stages that were done on paper."""

    programme = fields.String(required=True)
    who = fields.String(required=True, validate=validate.Length(min=1, max=FIELD))
    acts = fields.List(fields.Nested(ActByHand), load_default=list, validate=validate.Length(max=100))


class GoesOn(Schema):
    """A journey that was brought in, or would be: what waits for it now."""

    subject_id = fields.UUID()
    journey_id = fields.UUID(allow_none=True)
    lines = fields.List(fields.Integer())
    acts = fields.Integer()
    began_on = fields.Date()
    stages = fields.List(fields.String())


class Stays(Schema):
    """Lines, counted from one with the heading, that could not be brought in, and why."""

    lines = fields.List(fields.Integer())
    code = fields.String()
    detail = fields.String()


class Outcome(Schema):
    """What became of a list, or would."""

    looked = fields.Boolean()
    acts = fields.Integer()
    brought_in = fields.List(fields.Nested(GoesOn))
    refused = fields.List(fields.Nested(Stays))
