"""The shapes of funds and their ledger as they cross HTTP."""

from marshmallow import Schema, validate

from services.grants.funds.rules import Move, Purpose, Source
from shared.kernel import fields
from shared.web.signing import SignedAs


class FundOpeningSchema(Schema):
    """A fund as its head opens it; amounts in whole rupiah."""

    id = fields.String(required=True, validate=validate.Regexp(r"^[a-z0-9][a-z0-9-]{2,59}$"))
    title = fields.String(required=True, validate=validate.Length(min=1, max=200))
    title_en = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=1, max=200),
        metadata={"description": "What it is called in English; without it everybody reads `title`"},
    )
    source = fields.Enum(Source, by_value=True, required=True)
    owner_office = fields.String(required=True, validate=validate.Length(min=1, max=60))
    budget_year = fields.Integer(required=True, validate=validate.Range(min=2000, max=2100))
    ceiling = fields.Rupiah(required=True, validate=validate.Range(min=1, max=10**15))
    ceiling_note = fields.String(
        required=True,
        validate=validate.Length(min=1, max=200),
        metadata={"description": "Where the ceiling comes from: the article, the regulation, or how it was derived"},
    )


class FundSchema(Schema):
    """A fund and where its money stands."""

    id = fields.String()
    title = fields.String()
    title_en = fields.String(allow_none=True)
    source = fields.Enum(Source, by_value=True)
    owner_office = fields.String()
    budget_year = fields.Integer()
    ceiling = fields.Rupiah()
    ceiling_note = fields.String()
    reserved = fields.Rupiah()
    committed = fields.Rupiah()
    realised = fields.Rupiah()
    returned = fields.Rupiah()
    lent = fields.Rupiah(metadata={"description": "Out as loans, owed to the fund; no part of `realised`"})
    repaid = fields.Rupiah()
    on_paper = fields.Rupiah(metadata={"description": "Given on paper, before Kail: in no entry, and not free"})
    free = fields.Rupiah()
    closed_on = fields.Date(allow_none=True)
    signed_as = SignedAs("opened_by", "opened_at")


class FundEntrySchema(Schema):
    """One line of a fund's ledger: by how much each balance changed, and the document behind it."""

    seq = fields.Integer()
    grant_id = fields.UUID()
    journey_id = fields.UUID()
    move = fields.Enum(Move, by_value=True)
    amount = fields.Rupiah()
    reserved = fields.Rupiah()
    committed = fields.Rupiah()
    realised = fields.Rupiah()
    returned = fields.Rupiah()
    lent = fields.Rupiah()
    repaid = fields.Rupiah()
    purpose = fields.Enum(Purpose, by_value=True)
    document = fields.String(allow_none=True)
    moved_at = fields.AwareDateTime()
    signed_as = SignedAs("moved_by", "moved_at")


class ClosedSchema(Schema):
    """How much lapsed when the year was closed."""

    lapsed = fields.Integer()
