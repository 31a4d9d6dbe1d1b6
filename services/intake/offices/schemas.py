"""The shapes in which offices cross HTTP."""

from marshmallow import Schema, validate

from services.intake.offices.rules import Change
from shared.identity.offices import OFFICE_ID, REGION
from shared.identity.rules import AGENCIES
from shared.kernel import fields

ONE_LINE = validate.Regexp(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]+\Z")
NAME = [validate.Length(min=3, max=200), ONE_LINE]
IDENTIFIER = [validate.Length(min=2, max=60), validate.Regexp(rf"{OFFICE_ID.pattern}\Z")]
AREA = validate.Regexp(rf"{REGION.pattern}\Z")


class OfficeAdded(Schema):
    """An office to be added."""

    id = fields.String(
        required=True,
        attribute="identifier",
        validate=IDENTIFIER,
        metadata={"description": "For good, as in dinsos-kaltim"},
    )
    agency = fields.String(required=True, validate=validate.OneOf(AGENCIES))
    name = fields.String(required=True, validate=NAME, metadata={"description": "What its letterhead says"})
    region = fields.String(required=True, validate=AREA, metadata={"description": "The code of Kemendagri: 64.02"})
    registers = fields.YesNo(metadata={"description": "Whether it registers persons"})


class OfficeChanged(Schema):
    """What is to be changed of an office; what is left out stays."""

    name = fields.String(load_default=None, validate=NAME)
    region = fields.String(load_default=None, validate=AREA)
    registers = fields.Boolean(load_default=None, allow_none=True)


class OfficeSuccession(Schema):
    """Which office takes over all that an office holds."""

    successor = fields.String(required=True, validate=IDENTIFIER)


class OfficeLeft(OfficeSuccession):
    """Which office takes over from one that is closed, or that no file names."""

    office = fields.String(required=True, validate=validate.Length(min=1, max=100))


class OfficeSchema(Schema):
    """An office that holds an agency role in a region."""

    id = fields.String()
    agency = fields.String()
    name = fields.String()
    region = fields.String()
    registers = fields.Boolean()
    formerly = fields.List(fields.String(), metadata={"description": "What it was called before"})
    closed_on = fields.Date(allow_none=True)
    successor = fields.String(allow_none=True)


class OfficeOwedSchema(Schema):
    """What waits for an office, as far as intake knows."""

    officers = fields.Integer()
    leads = fields.Integer(metadata={"description": "Open journeys that it leads"})
    stages = fields.Integer(metadata={"description": "Open stages that it has"})


class OfficeChangeSchema(Schema):
    """One change to an office."""

    what = fields.Enum(Change, by_value=True)
    said = fields.Dict(keys=fields.String())
    by = fields.String(attribute="by_name")
    at = fields.AwareDateTime(attribute="changed_at")


class OfficeShown(Schema):
    """An office with what waits for it and what was done to it."""

    office = fields.Nested(OfficeSchema)
    owed = fields.Nested(OfficeOwedSchema)
    changes = fields.List(fields.Nested(OfficeChangeSchema))


class HeldByOffice(Schema):
    """How many rows of a table are an office's."""

    table = fields.String()
    rows = fields.Integer()


class OfficeLeftBehind(Schema):
    """An office that is closed, or that no file names, and what intake still keeps for it."""

    office = fields.String()
    is_closed = fields.Boolean()
    successor = fields.String(allow_none=True)
    holds = fields.List(fields.Nested(HeldByOffice))


class OfficesListed(Schema):
    """Every office, and those that are to be handed over."""

    items = fields.List(fields.Nested(OfficeSchema))
    left_behind = fields.List(fields.Nested(OfficeLeftBehind))
