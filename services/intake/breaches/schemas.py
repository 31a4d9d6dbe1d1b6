"""The shapes in which failures of protection cross HTTP."""

from datetime import datetime
from typing import Any

from marshmallow import Schema, validate

from services.intake.breaches.rules import Cause, DataKind, Measure, Scope, Way
from shared.kernel import clock, fields

SENTENCE = validate.Length(min=10, max=2000)
MOST_AT_ONCE = 200
MOST_NIKS = 500


class Moment(fields.DateTime):
    """A moment; without an offset it is one of the deployment's own zone, as a page's form sends it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        found: datetime = super()._deserialize(value, attr, data, **kwargs)
        return found if found.tzinfo else found.replace(tzinfo=clock.zone())


class BreachRecording(Schema):
    """What happened to whose data; `niks`, `programme` or `area` (a kecamatan) as the scope says."""

    data = fields.List(fields.Enum(DataKind, by_value=True), required=True, validate=validate.Length(min=1))
    cause = fields.Enum(Cause, by_value=True, required=True)
    what = fields.String(required=True, validate=SENTENCE, metadata={"description": "In Indonesian"})
    what_en = fields.String(load_default=None, allow_none=True, validate=SENTENCE)
    happened_from = Moment(load_default=None, allow_none=True)
    happened_until = Moment(load_default=None, allow_none=True)
    found_at = Moment(required=True)
    measures = fields.List(fields.Enum(Measure, by_value=True), load_default=list)
    done = fields.String(required=True, validate=SENTENCE, metadata={"description": "In Indonesian"})
    done_en = fields.String(load_default=None, allow_none=True, validate=SENTENCE)
    scope = fields.Enum(Scope, by_value=True, required=True)
    programme = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=80))
    area = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=13))
    niks = fields.List(fields.String(), load_default=list, validate=validate.Length(max=MOST_NIKS))


class AuthorityTold(Schema):
    """When the authority was told, and the letter's number."""

    told_at = Moment(required=True)
    note = fields.String(required=True, validate=validate.Length(min=3, max=300))


class PersonsTold(Schema):
    """Who was told when, and how."""

    person_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(min=1, max=MOST_AT_ONCE))
    told_at = Moment(required=True)
    way = fields.Enum(Way, by_value=True, required=True)


class NewlyTold(Schema):
    """For how many it is new."""

    told = fields.Integer()


class BreachSchema(Schema):
    """A failure of protection, its clock, and how many in the officer's areas were told."""

    id = fields.UUID()
    office = fields.String()
    data = fields.List(fields.String())
    cause = fields.Enum(Cause, by_value=True)
    what = fields.String()
    what_en = fields.String(allow_none=True)
    happened_from = fields.AwareDateTime(allow_none=True)
    happened_until = fields.AwareDateTime(allow_none=True)
    found_at = fields.AwareDateTime()
    due_at = fields.AwareDateTime(metadata={"description": "Hours of the clock after it was found; UU 27/2022 art. 46"})
    measures = fields.List(fields.String())
    done = fields.String()
    done_en = fields.String(allow_none=True)
    scope = fields.Enum(Scope, by_value=True)
    scope_value = fields.String(allow_none=True)
    authority_told_at = fields.AwareDateTime(allow_none=True)
    authority_note = fields.String(allow_none=True)
    concerned = fields.Integer()
    told = fields.Integer()
    is_done = fields.Boolean()
    is_overdue = fields.Boolean()


class ConcernedSchema(Schema):
    """Somebody whom a failure concerns, and how she wishes to be reached."""

    person_id = fields.UUID()
    name = fields.String()
    phone = fields.String(allow_none=True)
    contact_wish = fields.Dict(allow_none=True)
    village = fields.String()
    told_at = fields.AwareDateTime(allow_none=True)
    way = fields.Enum(Way, by_value=True, allow_none=True)


class NoticePart(Schema):
    """One of the three things that the law wants told."""

    title = fields.String()
    lines = fields.List(fields.String())


class Notice(Schema):
    """The notice in one language."""

    language = fields.String()
    title = fields.String()
    opening = fields.String()
    parts = fields.List(fields.Nested(NoticePart))
    closing = fields.String()


class Notices(Schema):
    """The notice in Indonesian and in English."""

    items = fields.List(fields.Nested(Notice))


class HerBreach(Schema):
    """A failure that concerns her, as she is told of it."""

    data = fields.List(fields.String())
    cause = fields.Enum(Cause, by_value=True)
    found_at = fields.AwareDateTime()
    told_at = fields.AwareDateTime(allow_none=True)
    way = fields.Enum(Way, by_value=True, allow_none=True)
