"""The shapes in which the second step crosses HTTP."""

from marshmallow import Schema, validate

from shared.kernel import fields


class CodeTyped(Schema):
    """The code that her telephone shows now."""

    code = fields.String(required=True, load_only=True, validate=validate.Length(min=1, max=40))


class EnrolmentSchema(Schema):
    """What her telephone is to keep."""

    secret = fields.String()
    address = fields.String(metadata={"description": "otpauth://, as a QR code says it"})


class RecoveryCodesSchema(Schema):
    """Her recovery codes, shown this once."""

    codes = fields.List(fields.String())


class StepRemoved(Schema):
    """Whose second step was removed."""

    username = fields.String()
