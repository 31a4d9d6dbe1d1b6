"""What signing in takes and gives."""

from typing import Any

from marshmallow import Schema, ValidationError, validate, validates_schema

from shared.kernel import fields
from shared.web.language import LANGUAGES


class SignInSchema(Schema):
    """A user name and its password."""

    username = fields.String(required=True, validate=validate.Length(min=1, max=100))
    password = fields.String(required=True, load_only=True, validate=validate.Length(min=1, max=1000))
    code = fields.String(
        load_default=None,
        allow_none=True,
        load_only=True,
        validate=validate.Length(max=40),
        metadata={"description": "From her telephone, or a recovery code, where she has a second step (`code-needed`)"},
    )
    new_password = fields.String(
        load_default=None,
        allow_none=True,
        load_only=True,
        validate=validate.Length(min=1, max=1000),
        metadata={"description": "Another one, where somebody else set hers (`password-to-change`)"},
    )


class TokenAsked(SignInSchema):
    """What a token is asked for by: a user name and its password, or the key of an office's own system."""

    username = fields.String(load_default=None, allow_none=True, validate=validate.Length(min=1, max=100))
    password = fields.String(
        load_default=None, allow_none=True, load_only=True, validate=validate.Length(min=1, max=1000)
    )
    key = fields.String(
        load_default=None,
        allow_none=True,
        load_only=True,
        validate=validate.Length(min=1, max=200),
        metadata={"description": "In place of user name and password: `kail_…`, as an office made it for its system"},
    )

    @validates_schema
    def hold_to_one_form(self, given: dict[str, Any], **_: Any) -> None:
        """A key stands alone; without one both user name and password are needed."""
        others = ("username", "password", "code", "new_password")
        if given["key"] is not None:
            wrong = {name: ["Unknown field."] for name in others if given[name] is not None}
        else:
            wrong = {name: ["Missing data for required field."] for name in others[:2] if given[name] is None}
        if wrong:
            raise ValidationError(wrong)


class LanguageSchema(Schema):
    """The language in which pages and sentences are wanted."""

    language = fields.String(required=True, validate=validate.OneOf(list(LANGUAGES)))


class TokenSchema(Schema):
    """A bearer token for the APIs of all four services."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True, dump_default="Bearer")
    expires_in = fields.Integer(required=True, metadata={"description": "Seconds"})
    scope = fields.List(fields.String(), metadata={"description": "What a key allows now: permissions"})
    key_expires_at = fields.AwareDateTime(metadata={"description": "When the key is good no more"})
