"""What signing in takes and gives."""

from marshmallow import Schema, validate

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


class LanguageSchema(Schema):
    """The language in which pages and sentences are wanted."""

    language = fields.String(required=True, validate=validate.OneOf(list(LANGUAGES)))


class TokenSchema(Schema):
    """A bearer token for the APIs of all four services."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True, dump_default="Bearer")
    expires_in = fields.Integer(required=True, metadata={"description": "Seconds"})
