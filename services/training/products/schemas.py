"""The shapes in which a product, its production log and its evidence cross HTTP."""

from marshmallow import Schema, validate

from services.training.products.rules import Extra, Licence, ProductKind, ProductOutcome, Rung
from shared.kernel import fields

MOST_DAYS = 100
MOST_EVIDENCE = 20


class ProductSchema(Schema):
    """What she makes; `shelf_days` is for how many days food keeps."""

    kind = fields.Enum(ProductKind, by_value=True, required=True)
    name = fields.String(required=True, validate=validate.Length(min=1, max=120))
    shelf_days = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=0, max=3650))


class ProductionSchema(Schema):
    """What was made on a day."""

    made_on = fields.Date(required=True)
    quantity = fields.Integer(required=True, validate=validate.Range(min=1, max=10_000_000))
    unit = fields.String(required=True, validate=validate.Length(min=1, max=40))
    quality_kept = fields.YesNo()


class ProductEvidenceSchema(Schema):
    """What was seen for a rung; which of the further fields are asked for depends on the rung."""

    rung = fields.String(required=True, validate=validate.OneOf([each.value for each in (*Rung, *Extra)]))
    what = fields.String(required=True, validate=validate.Length(min=1, max=300))
    seen_on = fields.Date(required=True)
    document_number = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=80))
    brand = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=80))
    label_seen = fields.Boolean(load_default=None, allow_none=True)
    checked = fields.List(fields.String(), load_default=list, validate=validate.Length(max=30))
    licence = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf([each.value for each in Licence])
    )
    nib = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=20))
    course_score = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=0, max=100))
    premises_checked_on = fields.Date(load_default=None, allow_none=True)


class ProductWorkSchema(Schema):
    """The work of a product's stage: what it is, what was made, what was seen."""

    product = fields.Nested(ProductSchema, load_default=None, allow_none=True)
    production = fields.List(
        fields.Nested(ProductionSchema), load_default=list, validate=validate.Length(max=MOST_DAYS)
    )
    evidence = fields.List(
        fields.Nested(ProductEvidenceSchema), load_default=list, validate=validate.Length(max=MOST_EVIDENCE)
    )


class ProductCompletionSchema(ProductWorkSchema):
    """The same when the stage is closed; `missing` says what is still missing where the rung is not reached."""

    missing = fields.String(load_default=None, allow_none=True, validate=validate.Length(min=5, max=500))


class ProductLineSchema(Schema):
    """A product in an office's list: what the stage asked for, and how high the product stands by now."""

    referral_id = fields.UUID(required=True, attribute="stage.referral_id")
    area = fields.String(required=True, attribute="stage.area")
    target = fields.Enum(Rung, by_value=True, required=True, attribute="stage.target")
    outcome = fields.Enum(ProductOutcome, by_value=True, required=True, allow_none=True, attribute="stage.outcome")
    name = fields.String(required=True, allow_none=True, attribute="product.name", dump_default=None)
    kind = fields.Enum(
        ProductKind, by_value=True, required=True, allow_none=True, attribute="product.kind", dump_default=None
    )
    rung = fields.Enum(Rung, by_value=True, required=True, allow_none=True, attribute="stands.rung")
    licence = fields.Enum(Licence, by_value=True, required=True, attribute="stands.licence")
