"""The shapes in which consents cross HTTP."""

from typing import Any

from marshmallow import Schema, ValidationError, validate, validates_schema

from services.intake.consents.rules import How, Said
from shared.identity.rules import AGENCIES
from shared.kernel import fields
from shared.web.messages import N_

MOST_AT_ONCE = 200
ANSWERS = (Said.GIVEN, Said.REFUSED)


class ConsentQuery(Schema):
    """Whose consents: those that a journey asks for, or those of one person."""

    journey_id = fields.UUID(load_default=None)
    person_id = fields.UUID(load_default=None)

    @validates_schema
    def _one_of_them(self, data: dict[str, Any], **_: Any) -> None:
        if (data["journey_id"] is None) == (data["person_id"] is None):
            raise ValidationError(N_("Name a journey or a person."), "journey_id")


class Line(Schema):
    """What one person answered about one agency; `said` is empty while she has not been asked."""

    person_id = fields.UUID()
    name = fields.String()
    programme = fields.String()
    recipient = fields.String()
    said = fields.Enum(Said, by_value=True, allow_none=True)
    how = fields.Enum(How, by_value=True, allow_none=True)
    answered_on = fields.Date(allow_none=True)


class Lines(Schema):
    """Everybody concerned, agency by agency."""

    items = fields.List(fields.Nested(Line))


class Answered(Schema):
    """How and when she said it."""

    how = fields.Enum(How, by_value=True, required=True)
    answered_on = fields.Date(required=True)


class Recording(Answered):
    """What one or several persons answered when they were asked about an agency."""

    programme = fields.String(required=True)
    recipient = fields.String(required=True, validate=validate.OneOf(AGENCIES))
    person_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(min=1, max=MOST_AT_ONCE))
    answer = fields.Enum(Said, by_value=True, required=True, validate=validate.OneOf(ANSWERS))


class Recorded(Schema):
    """For whom the answer was new; for the others it stood there before."""

    changed = fields.List(fields.UUID())


class Taking(Answered):
    """Who takes back what."""

    programme = fields.String(required=True)
    recipient = fields.String(required=True, validate=validate.OneOf(AGENCIES))
    person_id = fields.UUID(required=True)


class Words(Schema):
    """The same words in both languages."""

    id = fields.String()
    en = fields.String()


class Shared(Schema):
    """A stage for which the agency was told of her: what is deleted there, and what stays."""

    journey_id = fields.UUID()
    stage = fields.String()
    title = fields.Nested(Words)
    office = fields.String(allow_none=True)
    fields_ = fields.List(fields.String(), attribute="fields", data_key="deleted")
    offer_withdrawn = fields.Boolean(attribute="is_open")
    keeps = fields.Nested(Words, allow_none=True)


class Withdrawal(Schema):
    """What a withdrawal does: told of at once; `effective_by` is the limit that the law sets (3 x 24 hours)."""

    programme = fields.String()
    recipient = fields.String()
    withdrawn_at = fields.AwareDateTime()
    effective_by = fields.AwareDateTime()
    shared = fields.List(fields.Nested(Shared))
