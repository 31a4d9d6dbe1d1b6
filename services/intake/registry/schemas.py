"""The shapes of persons and imports as they cross HTTP."""

from typing import Any

from marshmallow import Schema, post_load, validate

from services.intake.registry.models import ImportState
from services.intake.registry.rules import Channel, MaritalStatus, Occupation, Registry, Relation, Sex
from shared.kernel import fields
from shared.web.paging import PageQuery


class ImportFileSchema(Schema):
    """A registry file: CSV, comma or semicolon, UTF-8 or Windows-1252."""

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


class ImportSchema(Schema):
    """How far an import has come, and what its rows became."""

    id = fields.UUID(required=True)
    file_name = fields.String(required=True)
    state = fields.Enum(ImportState, by_value=True, required=True)
    rows = fields.Integer(required=True)
    rows_done = fields.Integer(required=True)
    created = fields.Integer(required=True)
    updated = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    created_at = fields.AwareDateTime(required=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)


class RefusalSchema(Schema):
    """A row that did not come in."""

    row = fields.Integer(required=True, metadata={"description": "As the spreadsheet counts; the headings are row 1"})
    column = fields.String(required=True)
    reason = fields.String(required=True, metadata={"description": "Stable code"})
    sentence = fields.String(required=True, metadata={"description": "For a person, in her language"})


class PersonQuery(PageQuery):
    """Which persons: those of an area, or of all the officer's areas."""

    area = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=13))


class NikSchema(Schema):
    """A NIK to search by; it travels in the body, because addresses are written into logs."""

    nik = fields.String(required=True, validate=validate.Length(max=40))


LONGEST_LINE = 200


def _line(what: str) -> fields.String:
    longest = validate.Length(max=LONGEST_LINE)
    return fields.String(load_default=None, allow_none=True, validate=longest, metadata={"description": what})


class ContactWishSchema(Schema):
    """How a person wishes to be reached, so that nobody puts her in danger."""

    channel = fields.Enum(Channel, by_value=True, required=True)
    hours = _line("When, in her words")
    never_call = fields.YesNo()
    code_word = _line("By which she knows who it is")
    through = _line("The person she trusts, and how to reach that person")

    @post_load
    def without_gaps(self, given: dict[str, Any], **_: Any) -> dict[str, Any]:
        """As it is kept: plain values, without what was left empty."""
        return {name: value for name, value in {**given, "channel": given["channel"].value}.items() if value}


class PersonLineSchema(Schema):
    """A person as a list shows her."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    nik = fields.String(required=True, allow_none=True, metadata={"description": "In lists its last two digits alone"})
    sex = fields.Enum(Sex, by_value=True, required=True, allow_none=True)
    birth_date = fields.Date(required=True, allow_none=True)
    area = fields.String(required=True)
    village = fields.String(required=True)
    kecamatan = fields.String(required=True)
    cautions = fields.List(fields.String(), required=True)


class ResidenceSchema(Schema):
    """Where she lives, or lived."""

    area = fields.String(required=True)
    address = fields.String(required=True, allow_none=True)
    since = fields.Date(required=True)
    until = fields.Date(required=True, allow_none=True)


class ListingSchema(Schema):
    """A registry on which she stands, or stood."""

    registry = fields.Enum(Registry, by_value=True, required=True)
    snapshot_id = fields.UUID(required=True)
    since = fields.Date(required=True)
    until = fields.Date(required=True, allow_none=True)


class OtherRecordSchema(Schema):
    """A record that was found to be the same person."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    nik = fields.String(required=True, allow_none=True)


class PersonSchema(PersonLineSchema):
    """Everything that her officer sees."""

    died_on = fields.Date(required=True, allow_none=True)
    merged_into = fields.UUID(required=True, allow_none=True)
    also_known_as = fields.List(fields.Nested(OtherRecordSchema), required=True)

    phone = fields.String(required=True, allow_none=True)
    contact_wish = fields.Dict(required=True, allow_none=True)
    marital_status = fields.Enum(MaritalStatus, by_value=True, required=True, allow_none=True)
    occupation = fields.Enum(Occupation, by_value=True, required=True, allow_none=True)
    pre_prosperous = fields.Boolean(required=True, allow_none=True)
    has_business = fields.Boolean(required=True, allow_none=True)
    kk = fields.String(required=True, allow_none=True)
    household_id = fields.UUID(required=True, allow_none=True)
    relation = fields.Enum(Relation, by_value=True, required=True, allow_none=True)
    residences = fields.List(fields.Nested(ResidenceSchema), required=True)
    listings = fields.List(fields.Nested(ListingSchema), required=True)
