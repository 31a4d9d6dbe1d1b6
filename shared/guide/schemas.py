"""The guide, as programs are told it."""

from marshmallow import EXCLUDE, Schema, validate

from shared.kernel import fields


class GuideQuery(Schema):
    """Which page one came from: the first part of its address after the agency."""

    class Meta:
        """An address may say more."""

        unknown = EXCLUDE

    page = fields.String(load_default="", validate=validate.Length(max=40))


class GuideStepSchema(Schema):
    """Something that whoever asks can do, and the page where she does it."""

    text = fields.String(required=True)
    at = fields.String(required=True, allow_none=True)


class GuideEntrySchema(Schema):
    """What a role or a page is there for, what one does, and what comes next."""

    title = fields.String(required=True)
    job = fields.String(required=True)
    steps = fields.List(fields.Nested(GuideStepSchema), required=True)
    next = fields.String(required=True)


class GuideStageSchema(Schema):
    """A stage that her office does."""

    title = fields.String(required=True)
    programme = fields.String(required=True)
    what = fields.String(required=True)


class GuideSchema(Schema):
    """The guide as whoever asks reads it."""

    page = fields.Nested(GuideEntrySchema, required=True, allow_none=True)
    roles = fields.List(fields.Nested(GuideEntrySchema), required=True)
    stages = fields.List(fields.Nested(GuideStageSchema), required=True)
