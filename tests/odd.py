"""Odd values, and every place of an API or a page where one can be put: found in what they say, not listed by hand."""

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

from marshmallow import Schema

from shared.kernel import fields
from shared.kernel.ids import new_id

TEXTS: tuple[Any, ...] = (
    "\0", "a\0b", "\ud800", "a\udfff", "", " ", "x" * 5_000, "9" * 5_000, "\ufffe\u202e", "²", "٣", "'\";--", "%",
    "../../etc/passwd", "[", "{", "null", 0, 1.5, True, None, [], {}, [[]], {"a": None},
)  # fmt: skip
NUMBERS: tuple[Any, ...] = (
    2**31, -(2**31) - 1, 2**63, -(2**63) - 1, -75992854522749599744, 10**400, 1.5, 1e308, float("nan"), float("inf"),
    True, "1.5", "1e9", "NaN", "1_000", "٣", "", "\0", "\ud800", -1, 0, 2**31 - 1, -(2**31), None, [], {},
)  # fmt: skip
DAYS: tuple[Any, ...] = (
    "0001-01-01", "9999-12-31", "10000-01-01", "2023-02-30", "1900-01-01", "2999-12-31", "2023-W01-1", "20230101",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2023-01-01T00:00:00", "\0", "\ud800", "", 0, 1e308,
    True, None, [], {},
)  # fmt: skip
IDENTIFIERS: tuple[Any, ...] = (
    "", "\0", "\ud800", "0" * 32, "{" + "0" * 32 + "}", "urn:uuid:" + "0" * 32, "x", 0, 2**128, True, None, [], {},
)  # fmt: skip
OTHERS: tuple[Any, ...] = (None, True, 0, 1.5, "", "\0", "\ud800", [], {}, [None], [[]], {"": None}, "x" * 5_000)
RAW = (
    "[" * 100_000, '{"a":' * 50_000, "9" * 5_000, '{"a": ' + "9" * 5_000 + "}", '{"a": NaN}', '{"a": "\\u0000"}',
    '{"\\ud800": 1}', "null", "[]", '"x"', "0", "", "{", "\xff\xfe",
)  # fmt: skip
"""Bodies that are no object of ours."""

DEEPEST = 6
"""Levels to which a sample is filled in."""
TEXT_OF = {
    "uuid": str(new_id()), "date": "2026-03-02", "date-time": "2026-03-02T08:00:00+08:00", "uri": "https://a.example",
}  # fmt: skip
Path = tuple[str | int, ...]


class Description:
    """What a service says of its API, read for samples and places."""

    def __init__(self, said: dict[str, Any]) -> None:
        self.said = said

    def operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Every (method, address, operation), with the parameters of its address among its own."""
        for address, item in self.said["paths"].items():
            shared = item.get("parameters", [])
            for method, operation in item.items():
                if method != "parameters":
                    parameters = [self.resolved(each) for each in (*shared, *operation.get("parameters", ()))]
                    yield method.upper(), address, {**operation, "parameters": parameters}

    def resolved(self, node: Any) -> Any:
        """A part of the description, or what it refers to."""
        while isinstance(node, dict) and "$ref" in node:
            found: Any = self.said
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            node = found
        return node

    def bodies(self, operation: dict[str, Any]) -> list[dict[str, Any]]:
        """The shapes that a body may have."""
        body = self.resolved(operation.get("requestBody") or {})
        shape = self.resolved(body.get("content", {}).get("application/json", {}).get("schema", {}))
        return [self.resolved(each) for each in shape.get("oneOf", [shape])] if shape else []

    def sample(self, shape: Any, deep: int = 0) -> Any:
        """Something that fits a shape."""
        shape = self.resolved(shape)
        for several in ("oneOf", "anyOf", "allOf"):
            if several in shape:
                return self.sample(next(each for each in shape[several] if each != {"type": "null"}), deep)
        if "enum" in shape:
            return next(each for each in shape["enum"] if each is not None)
        kind = shape.get("type", "object")
        kind = next((each for each in kind if each != "null"), "null") if isinstance(kind, list) else kind
        if kind == "object":
            parts = {name: each for name, each in shape.get("properties", {}).items() if not each.get("readOnly")}
            return {name: self.sample(each, deep + 1) for name, each in parts.items()}
        if kind == "array":
            count = max(1, shape.get("minItems", 1)) if deep < DEEPEST else 0
            return [self.sample(shape.get("items", {}), deep + 1)] * count
        return simple(shape, kind)


def simple(shape: dict[str, Any], kind: str) -> Any:
    """A text, number or truth that fits a shape."""
    if kind == "string":
        text = TEXT_OF.get(shape.get("format", ""), "64.02.05" if "pattern" in shape else "kata")
        return text.ljust(shape.get("minLength", 0), "a")
    return max(1, shape.get("minimum", 1)) if kind in ("integer", "number") else kind == "boolean"


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every place in a tree, its branches as well as its leaves."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for step, each in inner:
        yield from places(each, (*path, step))


def at(value: Any, path: Path) -> Any:
    """What stands at a place."""
    for step in path:
        value = value[step]
    return value


def put(value: Any, path: Path, odd: Any) -> Any:
    """The same tree with something else at one place."""
    if not path:
        return odd
    step, *rest = path
    if isinstance(value, dict):
        return {**value, step: put(value[step], tuple(rest), odd)}
    return [put(each, tuple(rest), odd) if position == step else each for position, each in enumerate(value)]


def odd_values(usual: Any) -> tuple[Any, ...]:
    """What is odd where something like this is usual."""
    if isinstance(usual, str):
        if re.fullmatch(r"\d{4}-\d\d-\d\d.*", usual):
            return DAYS
        return IDENTIFIERS if re.fullmatch(r"[0-9a-f-]{36}", usual) else TEXTS
    return NUMBERS if isinstance(usual, int) and not isinstance(usual, bool) else OTHERS


WRITTEN = (
    "\0", "a\0b", "", " ", "x" * 5_000, "9" * 5_000, "9223372036854775808", "4294967296", "-1", "1.5", "1e9", "1_000",
    "NaN", "²", "٣", "0001-01-01", "9999-12-31", "2023-02-30", "0001-01-01T00:00", "9999-12-31T23:59", "\ufffe",
    "%",
    "../../etc/passwd", "[", "{", "0" * 32, "urn:uuid:" + "0" * 32, "/\r\nx", "//x",
)  # fmt: skip
"""What may be written into a field of a page, or into its address."""
LOADED = re.compile(r"forms\.load\(\s*(\w+)\.(\w+)\(")
ASKED = re.compile(r"""request\.(?:form|args)\.get(?:list)?\(["']([\w\[\]]+)["']""")


def fields_of(view: Callable[..., Any]) -> dict[str, str]:
    """What a page's view reads of its form or address, with something usual for each: read off its own text."""
    view = inspect.unwrap(view)
    said = inspect.getsource(view)
    found = dict.fromkeys(ASKED.findall(said), "kata")
    for module, name in LOADED.findall(said):
        schema = getattr(view.__globals__.get(module), name, None)
        if isinstance(schema, type) and issubclass(schema, Schema):
            found |= dict(_named(schema()))
    return found


def _named(schema: Schema, before: str = "") -> Iterator[tuple[str, str]]:
    for name, field in schema.fields.items():
        if isinstance(field, fields.List) and isinstance(field.inner, fields.Nested):
            yield from _named(field.inner.schema, f"{before}{name}.0.")
        elif isinstance(field, fields.List):
            yield f"{before}{name}[]", _usual(field.inner)
        elif isinstance(field, fields.Nested):
            yield from _named(field.schema, f"{before}{name}.")
        else:
            yield f"{before}{name}", _usual(field)


def _usual(field: Any) -> str:
    if isinstance(field, fields.Enum):
        return str(next(iter(field.enum)).value)
    known = {fields.Integer: "1", fields.Date: TEXT_OF["date"], fields.UUID: TEXT_OF["uuid"], fields.Boolean: "true",
             fields.DateTime: "2026-03-02T08:00"}  # fmt: skip
    return next((text for kind, text in known.items() if isinstance(field, kind)), "kata kata kata")
