"""Whoever has to write something has to write something that can be read."""

from collections.abc import Iterator

import pytest
from marshmallow import ValidationError, validate

from shared.kernel import fields
from tests.shared.kernel.test_money import schemas

BLANK = ["", " ", "\n\t ", "\u00a0", "\u2003\u3000", "\u200b", "\ufeff \u2060"]


def required() -> Iterator[tuple[str, fields.Field]]:
    """Every text of every service that must say something."""
    for schema, each in schemas().items():
        for name, field in each._declared_fields.items():
            lengths = [one for one in field.validators if isinstance(one, validate.Length)]
            if isinstance(field, fields.String) and any(one.min for one in lengths):
                yield f"{schema}.{name}", field


REQUIRED = dict(required())


def test_there_are_texts_that_must_say_something() -> None:
    assert len(REQUIRED) > 60


@pytest.mark.parametrize("blank", BLANK)
def test_what_nobody_can_read_says_nothing_in_any_of_them(blank: str) -> None:
    taken = []
    for name, field in REQUIRED.items():
        try:
            field.deserialize(blank)
        except ValidationError:
            continue
        taken.append(name)
    assert taken == []


@pytest.mark.parametrize("said", [" x", "x ", "\u200bx", "-", "0", "."])
def test_what_says_something_is_kept_as_it_was_typed(said: str) -> None:
    assert fields.String().deserialize(said) == said


@pytest.mark.parametrize("blank", BLANK)
def test_where_nothing_may_be_said_blanks_say_nothing(blank: str) -> None:
    assert fields.String(load_default=None, allow_none=True).deserialize(blank) == ""
