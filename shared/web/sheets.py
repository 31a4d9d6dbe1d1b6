"""A form with a row for each of many: one press saves them all, and what is wrong stands at its row.

A row's fields are named by what the row is about (`marks.<key>.present`), not by its place: whoever came or left while
the form was open moves nobody's answers to somebody else's row.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from marshmallow import Schema, ValidationError

from shared.kernel.errors import Invalid
from shared.web import messages


def rows(form: Mapping[str, Any], sheet: str) -> dict[str, dict[str, str]]:
    """What was typed, by row: {"marks.7f.present": "true"} → {"7f": {"present": "true"}}, without empty fields."""
    found: dict[str, dict[str, str]] = {}
    for name in form:
        first, _, rest = name.partition(".")
        key, _, field = rest.rpartition(".")
        typed = str(form[name]).strip()
        if first == sheet and key and typed:
            found.setdefault(key, {})[field] = typed
    return found


def load(schema: Schema, sheet: str, told: Sequence[Mapping[str, Any]], **beside: Any) -> Any:
    """The rows and what is told `beside` them, read by the schema that programs use; raises Invalid by their places."""
    try:
        return schema.load({sheet: told, **beside})
    except ValidationError as invalid:
        raise Invalid(errors=messages.of_schema(invalid.messages)) from invalid


@contextmanager
def said_at_rows(sheet: str, keys: Sequence[str]) -> Iterator[None]:
    """Say what is wrong with a row beside it: `marks.3.present` is `marks.<key of the fourth row>.present`."""
    try:
        yield
    except Invalid as wrong:
        named = {}
        for path, sentences in messages.flatten(wrong.errors).items():
            first, _, rest = path.partition(".")
            place, _, field = rest.partition(".")
            at_a_row = first == sheet and place.isdigit() and int(place) < len(keys)
            named[f"{sheet}.{keys[int(place)]}.{field}" if at_a_row else path] = sentences
        if not named:
            raise
        raise Invalid(errors=named) from wrong
