"""The shapes in which notes cross HTTP."""

from marshmallow import Schema, validate

from shared.kernel import fields
from shared.notes.rules import LONGEST


class NoteWritten(Schema):
    """What somebody notes."""

    words = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST))


class NoteStruck(Schema):
    """Why a note is struck out."""

    because = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST))


class NoteSchema(Schema):
    """A note: what was written, by whom and when; struck out, it stays to be read with the reason.

    `words` are empty where they are no longer kept.
    """

    id = fields.UUID(required=True)
    words = fields.String(required=True, allow_none=True)
    signed = fields.String(required=True, metadata={"description": "Who wrote it, with the capacity she acted in"})
    office = fields.String(required=True)
    written_at = fields.AwareDateTime(required=True)
    struck_at = fields.AwareDateTime(required=True, allow_none=True)
    struck_as = fields.String(required=True, allow_none=True)
    struck_because = fields.String(required=True, allow_none=True)
    forgotten_at = fields.AwareDateTime(required=True, allow_none=True)
    may_strike = fields.Boolean(required=True)
