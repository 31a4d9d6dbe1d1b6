"""The shapes in which one's own account crosses HTTP."""

from typing import Any

import phonenumbers
from marshmallow import Schema, ValidationError, validate

from shared.kernel import fields


class Phone(fields.String):
    """A telephone number in international form, wherever in Indonesia it was typed."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        typed: str = super()._deserialize(value, attr, data, **kwargs)
        try:
            number = phonenumbers.parse(typed, "ID")
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_valid_number(number):
            raise ValidationError("Invalid value.")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class PasswordChange(Schema):
    """The password that she has, and another one."""

    old_password = fields.String(required=True, load_only=True, validate=validate.Length(min=1, max=1000))
    password = fields.String(required=True, load_only=True, validate=validate.Length(min=1, max=1000))


class ContactSchema(Schema):
    """How she is reached; neither has been verified."""

    phone = Phone(load_default=None, allow_none=True, validate=validate.Length(max=30))
    email = fields.String(load_default=None, allow_none=True, validate=[validate.Length(max=200), validate.Email()])


class SessionSchema(Schema):
    """One of her sessions."""

    id = fields.UUID()
    program = fields.Boolean()
    system = fields.String(metadata={"description": "The system of the office that signed in with a key of hers"})
    browser = fields.String()
    signed_in_at = fields.AwareDateTime()
    seen_at = fields.AwareDateTime()
    is_this = fields.Boolean()


class SessionsSchema(Schema):
    """Her open sessions, the one that was used last first."""

    items = fields.List(fields.Nested(SessionSchema))


class OwnAccountSchema(Schema):
    """Her own account."""

    username = fields.String()
    name = fields.String()
    office = fields.String()
    roles = fields.List(fields.String())
    areas = fields.List(fields.String())
    language = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    last_signed_in_at = fields.AwareDateTime(allow_none=True)
