"""The shape in which a needs assessment crosses HTTP; saved half-way and closed it is the same."""

from marshmallow import Schema, validate

from shared.kernel import fields

MOST_NEEDS = 40


class Answer(Schema):
    """Whether she has one of the needs that the programme can meet, and what was noted."""

    need = fields.String(required=True)
    found = fields.Boolean(load_default=None, allow_none=True)
    note = fields.String(load_default="", validate=validate.Length(max=2_000))


class AssessmentDone(Schema):
    """The day of the interview and its answers; `talk` is handed on in confidence and never shown.

    It may be left out while the interview is saved half-way; to close it, DP3A says yes or no of each woman.
    """

    interviewed_on = fields.Date(load_default=None, allow_none=True)
    answers = fields.List(fields.Nested(Answer), load_default=list, validate=validate.Length(max=MOST_NEEDS))
    talk = fields.Boolean(load_default=None, allow_none=True, load_only=True)
