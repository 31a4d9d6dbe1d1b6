"""What a page's form posts becomes what the API takes, so that both doors read it with the same schema."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from marshmallow import Schema, ValidationError
from werkzeug.datastructures import MultiDict

from shared.kernel.errors import Invalid
from shared.web import messages

NOT_FIELDS = ("csrf_token", "_once", "_next", "_confirmed", "_back")
STEP = re.compile(r"[0-9]{1,6}")
DEEPEST = 10
"""Steps of a field's name; ours have at most five."""

ANSWERS = {True: "true", False: "false"}
"""What a stored yes or no is called in a form."""


class NamedTooDeep(Invalid):
    """A field of this form has a name of too many parts."""

    indonesian = "Nama salah satu isian terlalu panjang."


def nested(form: Mapping[str, Any]) -> dict[str, Any]:
    """{"lines.0.item": "Beras"} → {"lines": [{"item": "Beras"}]}; empty fields are left out, `name[]` gives a list.

    A list of which nothing was filled in is an empty one where the part that it belongs to is there; it does not make
    that part. Raises NamedTooDeep.
    """
    tree: dict[str, Any] = {}
    left_empty = []
    for name, values in _fields(form):
        if name.count(".") >= DEEPEST:
            raise NamedTooDeep
        *parts, last = name.removesuffix("[]").split(".")
        if name.endswith("[]") and not values:
            left_empty.append((parts, last))
        elif values:
            _put(tree, [*parts, last], values if name.endswith("[]") else values[-1])
    for parts, last in left_empty:
        if isinstance(part := _part(tree, parts), dict):
            part.setdefault(last, [])
    return {key: _listed(value) for key, value in tree.items()}


def load(schema: Schema, form: Mapping[str, Any]) -> Any:
    """What a form says, read by the schema; raises Invalid with the fields at fault by their names on the page."""
    try:
        return schema.load(nested(form))
    except ValidationError as invalid:
        raise Invalid(errors=messages.of_schema(invalid.messages)) from invalid


def narrowed(schema: Schema, given: Mapping[str, Any]) -> tuple[Any, "Form"]:
    """What a list is narrowed to, and its form: what cannot be read narrows nothing, and the form says so."""
    try:
        return load(schema, given), filled(given)
    except Invalid as unread:
        at_fault = {name.partition(".")[0] for name in unread.errors}
        rest = {name: value for name, value in given.items() if name not in at_fault}
        return load(schema, rest), filled(given, unread)


@dataclass
class Form:
    """What a form shows: the values typed or stored, and what is wrong with them, by the names of its fields."""

    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    mark: str = ""

    def marked(self, mark: object) -> "Form":
        """The same form where a page has others with the same fields: the mark keeps their identifiers apart."""
        return replace(self, mark=f"f{mark}-")

    def value(self, name: str, default: Any = "") -> Any:
        """The value of a field as it was typed."""
        found = self.values.get(name)
        return default if found is None else found

    def error(self, name: str) -> str:
        """What is wrong with a field, or nothing."""
        return " ".join(self.errors.get(name, ()))


def blank(values: Mapping[str, Any] | None = None) -> Form:
    """A form that has not been sent yet, filled with what is stored ({"lines": [{"item": ..}]} or flat names)."""
    return Form(dict(_names(values or {})))


def filled(form: Mapping[str, Any], invalid: Invalid | None = None) -> Form:
    """A form as it was typed, with what was wrong with it."""
    values = {name: found[-1] if not name.endswith("[]") else found for name, found in _fields(form, keep_empty=True)}
    return Form(values, messages.flatten(invalid.errors or {"_": invalid}) if invalid else {})


def _fields(form: Mapping[str, Any], keep_empty: bool = False) -> Iterable[tuple[str, list[str]]]:
    lists = form.lists() if isinstance(form, MultiDict) else ((name, [value]) for name, value in form.items())
    for name, values in lists:
        if name not in NOT_FIELDS:
            typed = [str(value).strip() for value in values]
            yield name, typed if keep_empty else [value for value in typed if value]


def _part(tree: dict[str, Any], steps: list[str]) -> Any:
    part: Any = tree
    for step in steps:
        part = part.get(step) if isinstance(part, dict) else None
    return part


def _put(tree: dict[str, Any], steps: list[str], value: Any) -> None:
    for step in steps[:-1]:
        inner = tree.setdefault(step, {})
        if not isinstance(inner, dict):
            raise Invalid(errors={".".join(steps): ["?"]})
        tree = inner
    tree[steps[-1]] = value


def _listed(value: Any) -> Any:
    """Turn {"0": a, "2": b} into [a, b]: rows keep their order, and a row that was taken out leaves no hole."""
    if not isinstance(value, dict):
        return value
    inner = {key: _listed(each) for key, each in value.items()}
    if inner and all(STEP.fullmatch(key) for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner


def _names(value: Any, path: str = "") -> Iterable[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _names(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple) and any(isinstance(each, Mapping) for each in value):
        for position, inner in enumerate(value):
            yield from _names(inner, f"{path}.{position}")
    else:
        stored = ANSWERS.get(value, value) if isinstance(value, bool) else value
        yield path if not isinstance(value, list | tuple) else f"{path}[]", stored
