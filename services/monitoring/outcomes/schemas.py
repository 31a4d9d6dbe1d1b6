"""The shapes in which a signature crosses HTTP."""

from marshmallow import Schema

from services.monitoring.causes import Cause
from services.monitoring.outcomes.rules import Verdict
from shared.kernel import fields


class SignatureGiven(Schema):
    """What an officer signs; the cause belongs to a failure, and to nothing else."""

    verdict = fields.Enum(Verdict, by_value=True, required=True)
    cause = fields.Enum(Cause, by_value=True, load_default=None, allow_none=True)


class CriterionShown(Schema):
    """What those who sign must find, in both languages, and where that comes from."""

    id = fields.String()
    en = fields.String()
    source = fields.String()


class SignatureShown(SignatureGiven):
    """A signature as colleagues see it."""

    number = fields.Integer()
    officer_name = fields.String()
    signed_at = fields.AwareDateTime()
    criterion = fields.Nested(CriterionShown, allow_none=True)
