"""The shapes in which a verification crosses HTTP."""

from marshmallow import Schema, validate

from shared.kernel import fields
from shared.web.paging import PageQuery


class FileCheck(Schema):
    """Which papers are there and in order; whoever leaves one out has not looked at it."""

    identity_cards = fields.YesNo()
    family_cards = fields.YesNo()
    proposal_signed = fields.YesNo()
    budget_complete = fields.YesNo()


class FieldCheck(Schema):
    """What was seen at the place, and the number of its minutes (berita acara)."""

    berita_acara = fields.String(required=True, validate=validate.Length(min=1, max=80))
    visited_on = fields.Date(required=True)
    lives_there = fields.YesNo()
    has_place = fields.YesNo()
    remarks = fields.String(load_default="", validate=validate.Length(max=2_000))


class RegistryCheck(Schema):
    """Whether the officer decides on the registries as they are, or otherwise, on evidence."""

    evidence = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=500))


class OverrideAsked(Schema):
    """The evidence on which the registries are to be departed from: a letter's number and date, for instance."""

    evidence = fields.String(required=True, validate=validate.Length(min=3, max=500))


class OverrideDecided(Schema):
    """Whether the second person agrees, and why."""

    agreed = fields.YesNo()
    reason = fields.String(required=True, validate=validate.Length(min=3, max=500))


class OverrideShown(Schema):
    """A wish to decide otherwise than the registries say, and what the second person said."""

    id = fields.String()
    referral_id = fields.String()
    journey_id = fields.String()
    programme = fields.String()
    version = fields.Integer()
    office = fields.String()
    area = fields.String()
    conditions = fields.List(fields.String())
    evidence = fields.String()
    asked_by = fields.String()
    asked_at = fields.String(metadata={"format": "date-time"})
    agreed = fields.Boolean(allow_none=True)
    decided_by = fields.String(allow_none=True)
    decided_office = fields.String(allow_none=True)
    decided_at = fields.String(allow_none=True, metadata={"format": "date-time"})
    reason = fields.String(allow_none=True)


class VerificationDone(Schema):
    """The findings of the check that this stage asks for; the others are left out.

    `checked_on` is the day on which registries or papers were looked at, today where it is left out; a check at the
    place has its own day.
    """

    checked_on = fields.Date(load_default=None, allow_none=True)
    registry = fields.Nested(RegistryCheck, load_default=None, allow_none=True)
    file = fields.Nested(FileCheck, load_default=None, allow_none=True)
    field = fields.Nested(FieldCheck, load_default=None, allow_none=True)


class CandidateQuery(PageQuery):
    """For which programme, and where."""

    programme = fields.String(required=True)
    area = fields.String(load_default=None, allow_none=True)


class Candidate(Schema):
    """A registered person who would qualify; her facts, but no number that identifies her elsewhere."""

    id = fields.UUID()
    name = fields.String()
    area = fields.String()
    facts = fields.Dict()
