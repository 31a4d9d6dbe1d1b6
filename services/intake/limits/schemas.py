"""The shapes in which the limits of the law cross HTTP."""

from marshmallow import Schema, validate

from services.intake.disclosures.schemas import BothLanguages
from services.intake.limits.register import Unit
from shared.kernel import fields


class LegalLimitSchema(Schema):
    """One limit of the law."""

    id = fields.String(attribute="limit.id")
    title = fields.Nested(BothLanguages, attribute="limit.title")
    count = fields.Integer(attribute="limit.count")
    unit = fields.String(attribute="limit.unit.value", validate=validate.OneOf(list(Unit)))
    source = fields.String(attribute="limit.source")
    verified = fields.Boolean(
        attribute="limit.verified", metadata={"description": "Whether somebody compared it with the legal text"}
    )
    overdue = fields.Integer(
        allow_none=True, metadata={"description": "What is past it and still owed; null for the compartment"}
    )
    missed = fields.Integer(
        allow_none=True, metadata={"description": "How much of that passed while intake stood still"}
    )


class LegalLimits(Schema):
    """The register of all limits."""

    items = fields.List(fields.Nested(LegalLimitSchema))
