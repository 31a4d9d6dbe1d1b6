"""How the papers look to programs."""

from marshmallow import Schema

from shared.kernel import fields


class PaperBothSchema(Schema):
    """The same words in both languages."""

    id = fields.String()
    en = fields.String()


class PaperPartySchema(Schema):
    """Somebody who answers for the data, as the deployment says."""

    name = fields.String()
    address = fields.String()
    contact = fields.String()


class PaperBasisSchema(Schema):
    """A legal basis; `verified` when the deployment's legal division has looked at it."""

    text = fields.Nested(PaperBothSchema)
    source = fields.String()
    verified = fields.Boolean()


class PaperCategorySchema(Schema):
    """A category of data, and the columns in which it stands."""

    id = fields.String()
    title = fields.Nested(PaperBothSchema)
    fields_ = fields.List(fields.String(), attribute="fields", data_key="fields")


class PaperProtectionSchema(Schema):
    """How so many columns are kept: plainly, encrypted, as a fingerprint or a digest, and who holds the key."""

    how = fields.String()
    key = fields.String(allow_none=True)
    fields_ = fields.Integer(attribute="fields", data_key="fields")
    parts = fields.List(fields.String())


class PaperKeptSchema(Schema):
    """A rule of keeping; `constant` is where its length stands in the code."""

    text = fields.Nested(PaperBothSchema)
    length = fields.Integer(
        attribute="in_numbers", data_key="length", allow_none=True, metadata={"description": "Seconds, or how many"}
    )
    constant = fields.String(allow_none=True)
    erases = fields.Boolean()
    is_endless = fields.Boolean()


class PaperScheduledSchema(PaperKeptSchema):
    """A rule of keeping with its tables."""

    tables = fields.List(fields.String())


class PaperLimitSchema(Schema):
    """Within how many hours something is done."""

    title = fields.Nested(PaperBothSchema)
    hours = fields.Integer()
    source = fields.String()
    verified = fields.Boolean()


class PaperActivitySchema(Schema):
    """An activity of processing."""

    id = fields.String()
    title = fields.Nested(PaperBothSchema)
    purpose = fields.Nested(PaperBothSchema)
    whose = fields.List(fields.Nested(PaperBothSchema))
    categories = fields.List(fields.Nested(PaperCategorySchema))
    receives = fields.String()
    recipients = fields.List(fields.String())
    basis = fields.Nested(PaperBasisSchema)
    stores = fields.List(fields.String())
    tables = fields.List(fields.String())
    protection = fields.List(fields.Nested(PaperProtectionSchema))
    kept = fields.List(fields.Nested(PaperKeptSchema))
    without_end = fields.List(fields.String())
    keeps = fields.Nested(PaperBothSchema, allow_none=True)


class PaperToldSchema(Schema):
    """A stage, the offices that may be given it, and what of her it is told on which basis."""

    programme = fields.String()
    version = fields.Integer()
    programme_title = fields.Nested(PaperBothSchema)
    stage = fields.String()
    title = fields.Nested(PaperBothSchema)
    kind = fields.String()
    service = fields.String()
    agency = fields.String()
    offices = fields.List(fields.String())
    fields_ = fields.List(fields.String(), attribute="fields", data_key="fields")
    basis = fields.String()
    keeps = fields.Nested(PaperBothSchema, allow_none=True)
    source = fields.String()
    verified = fields.Boolean()


class PapersSchema(Schema):
    """All papers."""

    made_on = fields.Date()
    controller = fields.Nested(PaperPartySchema, allow_none=True)
    protection_officer = fields.Nested(PaperPartySchema, allow_none=True)
    register = fields.List(fields.Nested(PaperActivitySchema))
    retention = fields.List(fields.Nested(PaperScheduledSchema))
    limits = fields.List(fields.Nested(PaperLimitSchema))
    sharing = fields.List(fields.Nested(PaperToldSchema))
