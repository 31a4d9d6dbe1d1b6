"""The shapes in which keys cross HTTP."""

from marshmallow import Schema, validate

from services.intake.accounts.keys import Standing
from shared.kernel import fields
from shared.web.paging import PageQuery


class KeysQuery(PageQuery):
    """Which keys, and where the page begins."""

    all = fields.Boolean(load_default=False, metadata={"description": "Those as well that are good no more"})


class KeyWanted(Schema):
    """A key for a system of one's office. Making one asks for the password: it outlives the session."""

    system = fields.String(required=True, validate=validate.Length(min=1, max=120))
    scopes = fields.List(
        fields.String(validate=validate.Length(max=60)), required=True, validate=validate.Length(max=100)
    )
    expires_on = fields.Date(required=True, metadata={"description": "Its last day, a year away at most"})
    password = fields.String(required=True, load_only=True, validate=validate.Length(min=1, max=1000))


class KeySchema(Schema):
    """A key, without anything that opens with it."""

    id = fields.UUID()
    system = fields.String()
    key = fields.String(metadata={"description": "How it begins, and what it is named by"})
    owner = fields.UUID()
    owner_name = fields.String()
    office = fields.String()
    scopes = fields.List(fields.String())
    standing = fields.Enum(Standing, by_value=True)
    issued_at = fields.AwareDateTime()
    expires_on = fields.Date()
    ends_soon = fields.Boolean()
    last_used_at = fields.AwareDateTime(allow_none=True)
    revoked_at = fields.AwareDateTime(allow_none=True)


class KeyShown(KeySchema):
    """A key that was just made, with its secret, shown this once."""

    secret = fields.String(metadata={"description": "The whole key. It is kept nowhere: write it down now"})


class ScopesSchema(Schema):
    """What a key of hers may allow."""

    scopes = fields.List(fields.String())
