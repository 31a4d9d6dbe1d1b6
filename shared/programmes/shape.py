"""The shape of a programme's file: which keys it has and what stands in each, before anybody asks what it means."""

import re
from datetime import date
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, validate

from shared.kernel import fields as shape
from shared.programmes.definition import Basis, Ends, Policy, SourceKind, SubjectKind

KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
REGION = re.compile(r"\d{2}(\.\d{2}){0,2}(\.\d{4})?")

NOT_A_MAPPING = "must be a mapping of names to values"

# What marshmallow would say, in words for somebody who writes a file for the first time.
PLAIN: dict[Any, dict[str, str]] = {
    shape.String: {"invalid": "must be text; put it in quotes"},
    shape.Integer: {"invalid": "must be a whole number"},
    shape.Mapping: {"invalid": NOT_A_MAPPING},
    shape.List: {"invalid": "must be a list, as in [one, two]"},
    shape.Nested: {"type": NOT_A_MAPPING},
}


def _plain(kind: Any) -> dict[str, Any]:
    return {"required": "is missing", "null": "is empty", **PLAIN.get(kind, {})}


def text(**options: Any) -> shape.String:
    """Text; required unless told otherwise."""
    options.setdefault("required", True)
    return shape.String(error_messages=_plain(shape.String), **options)


def number(**options: Any) -> shape.Integer:
    """A whole number."""
    options.setdefault("required", True)
    return shape.Integer(strict=True, error_messages=_plain(shape.Integer), **options)


def amount(**options: Any) -> shape.LongInteger:
    """A whole number that may be money."""
    options.setdefault("required", True)
    return shape.LongInteger(strict=True, error_messages=_plain(shape.Integer), **options)


def word(kind: Any, **options: Any) -> shape.String:
    """One of an enum's words."""
    words = [each.value for each in kind]
    return text(validate=validate.OneOf(words, error="must be one of: {choices}"), **options)


def like(pattern: re.Pattern[str], sample: str) -> validate.Validator:
    """Text of a certain look."""

    class Look(validate.Validator):
        def __call__(self, value: str) -> str:
            if not pattern.fullmatch(value):
                raise ValidationError(f"must look like {sample}")
            return value

    return Look()


class Day(shape.Field[date]):
    """A day, which YAML writes without quotes."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> date:
        if type(value) is not date:
            raise ValidationError("must be a day, as in 2023-01-31")
        return value


def several(inner: shape.Field[Any], **options: Any) -> shape.List[Any]:
    """A list; empty unless required."""
    if not options.get("required"):
        options.setdefault("load_default", list)
    return shape.List(inner, error_messages=_plain(shape.List), **options)


def named(values: shape.Field[Any], keys: shape.String | None = None, **options: Any) -> shape.Dict:
    """A mapping of names to values."""
    if not options.get("required"):
        options.setdefault("load_default", dict)
    return shape.Dict(keys=keys or text(), values=values, error_messages=_plain(shape.Mapping), **options)


def part(schema: type[Schema], **options: Any) -> shape.Nested:
    """A part with keys of its own."""
    return shape.Nested(schema, error_messages=_plain(shape.Nested), **options)


class Part(Schema):
    """Refuses keys that it does not know, so that a slip of the pen is not silently left out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.error_messages = {**self.error_messages, "unknown": "is not known here", "type": NOT_A_MAPPING}

    class Meta:
        """A key nobody knows is a mistake."""

        unknown = RAISE


class TextShape(Part):
    """The same words in both languages."""

    id = text(validate=validate.Length(min=1, error="is empty"))
    en = text(validate=validate.Length(min=1, error="is empty"))


class SourceShape(Part):
    """A text that the programme rests on."""

    kind = word([SourceKind.ARTICLE, SourceKind.REGULATION])
    title = text()
    file = text(required=False, load_default=None)


class FigureShape(Part):
    """A number with its unit and source."""

    value = amount(allow_none=True)
    unit = text()
    source = word(SourceKind)
    note = part(TextShape, load_default=None)


class SizeShape(Part):
    """How many members a group has."""

    min = number(validate=validate.Range(min=1, error="must be at least 1"))
    max = number(validate=validate.Range(min=1, error="must be at least 1"))


class SubjectShape(Part):
    """Whom a journey carries."""

    kind = word(SubjectKind)
    size = part(SizeShape, load_default=None)


class ClauseShape(Part):
    """One condition of eligibility."""

    id = text(validate=like(KEBAB, "poor-and-listed"))
    when = text()
    text = part(TextShape, required=True)
    source = word(SourceKind)


class CompatibilityShape(Part):
    """What another programme's aid means for this one."""

    other = text(data_key="with")
    policy = word(Policy)
    per = text(required=False, load_default="person", validate=validate.OneOf(["person", "household"]))
    source = word(SourceKind)


class ReturnShape(Part):
    """A second chance."""

    on = several(text(), required=True)
    stage = text()
    most = number(validate=validate.Range(min=1, error="must be at least 1"))


class RepeatShape(Part):
    """The same stage again."""

    on = several(text(), required=True)
    most = number(validate=validate.Range(min=1, error="must be at least 1"))


class SpawnShape(Part):
    """Journeys that a stage's outcome opens."""

    on = several(text(), required=True)
    programme = text()
    subjects = text()


class StageShape(Part):
    """One step, done by one agency."""

    title = part(TextShape, required=True)
    agency = text()
    office = text(required=False, load_default=None)
    does = text()
    needs = several(text())
    when = text(required=False, load_default=None)
    within = text(required=False, load_default=None)
    grace = text(required=False, load_default=None)
    settings = named(shape.Raw(allow_none=True), data_key="with")
    shares = several(text())
    basis = word(Basis, required=False, load_default=None)
    ends = named(word(Ends))
    returns_to = part(ReturnShape, load_default=None)
    repeat = part(RepeatShape, load_default=None)
    spawns = part(SpawnShape, load_default=None)


class LevelsShape(Part):
    """Where the time limits come from, how long past its due date a stage may stay unanswered, and how long the
    leading office has to decide on one that came back."""

    source = word(SourceKind)
    grace = text(required=False, load_default=None)
    decision = text(required=False, load_default=None)
    note = part(TextShape, load_default=None)


class ExampleShape(Part):
    """A worked example."""

    title = part(TextShape, required=True)
    given = named(shape.Raw(allow_none=True), required=True)
    expect = named(shape.Raw(allow_none=True), required=True)


class ProgrammeShape(Part):
    """The whole file."""

    id = text(validate=like(KEBAB, "kube-kaltim-2023"))
    version = number(validate=validate.Range(min=1, error="must be at least 1"))
    title = part(TextShape, required=True)
    budget_year = number(validate=validate.Range(min=2000, max=2100, error="must be a year"))
    reference_date = Day(load_default=None, allow_none=True)
    region = several(text(validate=like(REGION, '"64.02"')), required=True)
    lead = text()
    offices = named(text())
    sources = several(part(SourceShape), required=True)
    figures = named(part(FigureShape))
    service_levels = part(LevelsShape, required=True)
    subject = part(SubjectShape, required=True)
    eligibility = several(part(ClauseShape))
    compatibility = several(part(CompatibilityShape))
    stages = named(part(StageShape), keys=text(validate=like(SNAKE, "field_check")), required=True)
    graduates = text()
    examples = several(part(ExampleShape))
