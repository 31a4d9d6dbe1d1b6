"""Everything that pages say, they say in Indonesian too."""

import marshmallow
import pytest
from babel.messages.pofile import read_po
from flask import Flask
from marshmallow import fields, validate

from shared.web import messages, translate


def test_every_text_has_its_indonesian() -> None:
    assert translate.check() == []


def test_the_compiled_catalogue_is_that_of_the_kept_one() -> None:
    with translate.PO.open("rb") as kept:
        assert translate.PO.with_suffix(".mo").read_bytes() == translate.compiled(read_po(kept, locale="id"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (fields.String(required=True), marshmallow.missing),
        (fields.String(), None),
        (fields.String(), 1),
        (fields.Integer(), "x"),
        (fields.Integer(strict=True), 1.5),
        (fields.Float(), "x"),
        (fields.Boolean(), "x"),
        (fields.Date(), "x"),
        (fields.DateTime(), "x"),
        (fields.UUID(), "x"),
        (fields.Email(), "x"),
        (fields.List(fields.String()), "x"),
        (fields.Dict(), "x"),
        (fields.Nested(marshmallow.Schema), "x"),
        (fields.String(validate=validate.OneOf(["a", "b"])), "x"),
        (fields.String(validate=validate.Length(2, 3)), "x"),
        (fields.String(validate=validate.Length(min=2)), "x"),
        (fields.String(validate=validate.Length(max=1)), "xx"),
        (fields.String(validate=validate.Length(equal=2)), "x"),
        (fields.String(validate=validate.Regexp("a")), "x"),
        (fields.Integer(validate=validate.Range(2, 3)), 1),
        (fields.Integer(validate=validate.Range(min=2)), 1),
        (fields.Integer(validate=validate.Range(min=2, min_inclusive=False)), 1),
        (fields.Integer(validate=validate.Range(max=2)), 3),
        (fields.Integer(validate=validate.Range(max=2, max_inclusive=False)), 3),
    ],
)
def test_what_a_schema_finds_is_said_in_indonesian(app: Flask, field: fields.Field, value: object) -> None:
    schema = marshmallow.Schema.from_dict({"it": field})()
    with pytest.raises(marshmallow.ValidationError) as invalid:
        schema.load({} if value is marshmallow.missing else {"it": value})
    with app.test_request_context(headers={"Cookie": "language=id"}):
        said = messages.of_schema(invalid.value.messages)
    english = [*messages.flatten(invalid.value.messages).values()]
    assert said.keys() == {"it"}
    assert said["it"] not in english
