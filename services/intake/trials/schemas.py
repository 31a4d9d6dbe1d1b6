"""The shapes in which dry runs cross HTTP."""

from typing import Any

from marshmallow import Schema, ValidationError, validate, validates_schema

from services.intake.trials.rules import LARGEST_FILE, TrialState
from shared.kernel import fields


class FileText(Schema):
    """The text of a programme's file."""

    text = fields.String(required=True, validate=validate.Length(min=1, max=LARGEST_FILE))


class FileFinding(Schema):
    """One thing that is wrong in a programme's file."""

    line = fields.Integer()
    what = fields.String()
    remedy = fields.String()


class FileChecked(Schema):
    """What is wrong in a programme's file, from the top down."""

    sound = fields.Boolean()
    findings = fields.List(fields.Nested(FileFinding))


class TrialAsked(Schema):
    """What is to be tried: the text of a file, or a published programme (its newest version unless told otherwise)."""

    text = fields.String(load_default=None, validate=validate.Length(min=1, max=LARGEST_FILE))
    file_name = fields.String(load_default=None, validate=validate.Length(max=200))
    programme = fields.String(load_default=None)
    version = fields.Integer(load_default=None)

    @validates_schema
    def hold_to_one(self, given: dict[str, Any], **_: Any) -> None:
        """Refuse what names neither."""
        if not given.get("text") and not given.get("programme"):
            raise ValidationError("Missing data for required field.", "text")


class TrialLine(Schema):
    """How far a dry run has come."""

    id = fields.UUID()
    programme = fields.String()
    version = fields.Integer()
    file_name = fields.String(allow_none=True)
    areas = fields.List(fields.String())
    on_day = fields.Date()
    state = fields.Enum(TrialState, by_value=True)
    persons = fields.Integer(metadata={"description": "Persons of these areas in the registry"})
    persons_done = fields.Integer()
    error = fields.String(allow_none=True)
    created_at = fields.AwareDateTime()
    finished_at = fields.AwareDateTime(allow_none=True)


class FailedClause(Schema):
    """How many persons do not fulfil a condition; null where too few to be told."""

    clause = fields.String()
    persons = fields.Integer(allow_none=True)


class UnknownFact(Schema):
    """Of how many persons, who therefore do not qualify, nobody knows a fact; null where too few to be told."""

    fact = fields.String()
    persons = fields.Integer(allow_none=True)


class TrialKecamatan(Schema):
    """What was found in one kecamatan; null where too few to be told."""

    area = fields.String()
    persons = fields.Integer(allow_none=True)
    eligible = fields.Integer(allow_none=True)
    subjects = fields.Integer(allow_none=True)


class TrialFigures(Schema):
    """What a dry run has found so far; null where too few to be told."""

    persons = fields.Integer()
    eligible = fields.Integer(allow_none=True)
    subjects = fields.Integer(allow_none=True, metadata={"description": "Persons, or groups at the most"})
    cost = fields.Integer(allow_none=True, metadata={"description": "Rupiah, each at the ceiling"})
    ceiling = fields.Rupiah(allow_none=True, metadata={"description": "Rupiah for each person or group"})
    budget = fields.Integer(allow_none=True, metadata={"description": "The programme's own, in rupiah"})
    failing = fields.List(fields.Nested(FailedClause))
    not_known = fields.List(fields.Nested(UnknownFact))
    kecamatan = fields.List(fields.Nested(TrialKecamatan))
    hides = fields.Boolean(metadata={"description": "Whether figures of fewer than five are hidden"})


class TrialReport(Schema):
    """A dry run and what it has found."""

    run = fields.Nested(TrialLine)
    report = fields.Nested(TrialFigures)
