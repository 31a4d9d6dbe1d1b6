"""The shapes in which the first administrator begins."""

from marshmallow import Schema, validate

from services.intake.offices.schemas import IDENTIFIER, ONE_LINE, OfficeAdded
from shared.kernel import fields


class FirstAdministrator(Schema):
    """Who she is, the code that was printed in the terminal, and her office: one that is there, or a new one."""

    code = fields.String(required=True, validate=validate.Length(max=100))
    name = fields.String(required=True, validate=[validate.Length(min=2, max=200), ONE_LINE])
    username = fields.String(
        required=True, validate=[validate.Length(min=2, max=60), validate.Regexp(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")]
    )
    password = fields.String(required=True, load_only=True, validate=validate.Length(max=1000))
    office = fields.String(load_default=None, validate=IDENTIFIER)
    new_office = fields.Nested(OfficeAdded, load_default=None)


class Begun(Schema):
    """The account with which she signs in."""

    username = fields.String()
    office = fields.String()
    roles = fields.List(fields.String())
