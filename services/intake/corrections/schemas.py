"""The shapes in which corrections cross HTTP."""

from typing import Any

from marshmallow import Schema, post_load, validate

from services.intake.corrections.rules import CorrectionState, RefusalReason
from services.intake.registry.mending import LONGEST_ADDRESS
from services.intake.registry.rules import Detail
from services.intake.rights.rules import Identified
from shared.kernel import fields

SAID = validate.Length(min=3, max=300)
VALUE = validate.Length(min=1, max=LONGEST_ADDRESS)

Wanted = Schema.from_dict(
    {detail.value: fields.String(validate=VALUE) for detail in Detail},
    name="Wanted",
)
"""The details as they should be; whatever is right is left out."""


class Noting(Schema):
    """What a person wants corrected, on which evidence, and how she has shown who she is."""

    identified = fields.Enum(Identified, by_value=True, required=True)
    seen = fields.String(required=True, validate=SAID)
    evidence = fields.String(required=True, validate=SAID)
    wanted = fields.Nested(Wanted, load_default=dict)

    @post_load
    def by_detail(self, given: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The details by what they are."""
        return {**given, "wanted": {Detail(name): value for name, value in given["wanted"].items()}}


class Refusing(Schema):
    """Why a correction is refused; both are told to her."""

    reason = fields.Enum(RefusalReason, by_value=True, required=True)
    explanation = fields.String(required=True, validate=validate.Length(min=10, max=1000))


class Whose(Schema):
    """Whose data it is."""

    id = fields.UUID()
    name = fields.String()


class CorrectionSchema(Schema):
    """A correction as a list shows it: no values."""

    id = fields.UUID()
    person = fields.Nested(Whose)
    office = fields.String()
    details = fields.List(fields.Enum(Detail, by_value=True))
    state = fields.Enum(CorrectionState, by_value=True)
    noted_at = fields.AwareDateTime()
    due_at = fields.AwareDateTime(metadata={"description": "Hours of the clock after it was noted; UU 27/2022"})
    decided_at = fields.AwareDateTime(allow_none=True)
    is_overdue = fields.Boolean()


class CorrectionLine(Schema):
    """A detail: what stands, or stood, there, and what she says it is."""

    detail = fields.Enum(Detail, by_value=True)
    before = fields.String(allow_none=True)
    wanted = fields.String()


class CopyCorrected(Schema):
    """A stage whose office was told the corrected fields."""

    journey_id = fields.UUID()
    programme = fields.String()
    version = fields.Integer(allow_none=True)
    stage = fields.String()
    office = fields.String(allow_none=True)
    fields_ = fields.List(fields.String(), attribute="fields", data_key="fields")


class CorrectionDetailSchema(CorrectionSchema):
    """A correction as whoever decides on it sees it."""

    identified = fields.Enum(Identified, by_value=True)
    seen = fields.String()
    evidence = fields.String()
    lines = fields.List(fields.Nested(CorrectionLine))
    may_decide = fields.Boolean()
    told = fields.List(fields.Nested(CopyCorrected))
    signed_as = fields.String(metadata={"description": "Who decided, where she acted for a post; empty otherwise"})
    reason = fields.Enum(RefusalReason, by_value=True, allow_none=True)
    explanation = fields.String(allow_none=True)


class HerCorrection(Schema):
    """A correction as she is told of it herself."""

    noted_at = fields.AwareDateTime()
    state = fields.Enum(CorrectionState, by_value=True)
    lines = fields.List(fields.Nested(CorrectionLine))
    decided_at = fields.AwareDateTime(allow_none=True)
    reason = fields.Enum(RefusalReason, by_value=True, allow_none=True)
    explanation = fields.String(allow_none=True)
