"""The shapes in which audits cross HTTP."""

from marshmallow import Schema

from shared.kernel import fields


class FindingSchema(Schema):
    """One thing that an audit found."""

    gravity = fields.String(metadata={"description": "broken, behind or held"})
    where = fields.String()
    what = fields.String()


class AuditSchema(Schema):
    """One audit of all four services."""

    id = fields.UUID()
    began_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime()
    by = fields.String()
    place = fields.String()
    found = fields.Integer()
    is_clean = fields.Boolean()
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    findings = fields.List(fields.Nested(FindingSchema), metadata={"description": "The first hundred"})
