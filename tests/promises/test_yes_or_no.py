"""Nothing is decided by what nobody said: a boolean that is sent is answered, or stands in the list with its reason."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from marshmallow import Schema, ValidationError
from marshmallow import fields as bare

from shared.kernel import fields
from shared.kernel.settings import SERVICES
from shared.kernel.unsaid import MAY_BE_LEFT_OUT, ON_PAGES_ALONE

ROOT = Path(__file__).parents[2]
SAID = "Answer this: nothing is taken for a yes or a no."
LOADS = {"load", "narrowed", "arguments", "completion_schema", "work_schema"}
CHOSEN_BEFOREHAND = {
    "role": "Most women of a group are its members; for its offices the first of a list are proposed, in sight.",
    "tray": "It narrows a list.",
    "members.part": "Every woman stays in the group that she is in.",
}
"""What one of several choices stands for where nothing is said, and why that is no decision; all else is answered."""
BOX = re.compile(r'checkbox\(\s*form\S*, (?:[^"]*")?([\w.]+)"|type="checkbox"[^>]*name="([^"]+)"')


def loaded() -> Iterator[Any]:
    """What a door reads a request with: `forms.load(schemas.X(), …)`, `arguments(X)`, the schemas of a stage's work."""
    for path in (each for place in ("services", "shared") for each in (ROOT / place).rglob("*.py")):
        module = sys.modules.get(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for node in ast.walk(ast.parse(path.read_text())) if module else ():
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in LOADS:
                whole: list[ast.AST] = [node.func, *node.args]
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in LOADS:
                whole = [node.value]
            else:
                continue
            for part in (inner for each in whole for inner in ast.walk(each)):
                if isinstance(part, ast.Name):
                    yield vars(module).get(part.id)
                elif isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
                    within = vars(module).get(part.value.id)
                    yield vars(within).get(part.attr) if isinstance(within, ModuleType) else None


def nested(schema: type[Schema]) -> Iterator[type[Schema]]:
    """A schema and all that are nested in it."""
    yield schema
    for field in schema._declared_fields.values():
        inner = field.inner if isinstance(field, bare.List) else field
        if isinstance(inner, bare.Nested):
            yield from nested(type(inner.schema))


def read() -> set[type[Schema]]:
    """Every schema that something of a request is read by."""
    for service in SERVICES:
        import_module(f"services.{service}.app")
    known = {each for each in loaded() if isinstance(each, type) and issubclass(each, Schema)}
    return {each for schema in known for each in nested(schema)}


def booleans() -> Iterator[tuple[str, bare.Boolean]]:
    """Every boolean of a request, by the schema that declares it first."""
    for schema in read():
        for name, field in schema._declared_fields.items():
            inner = field.inner if isinstance(field, bare.List) else field
            if isinstance(inner, bare.Boolean):
                first = [each for each in schema.__mro__ if name in getattr(each, "_declared_fields", {})][-1]
                yield f"{first.__name__}.{name}", inner


def test_a_boolean_that_is_sent_is_answered_or_is_named_among_those_that_may_be_left_out() -> None:
    known = dict(booleans())
    assert len(known) > 30
    silent = {name for name, field in known.items() if not isinstance(field, fields.YesNo)}
    assert silent - set(MAY_BE_LEFT_OUT) == set(), "answered by nobody: make it a YesNo, or say why it may be left out"
    assert set(MAY_BE_LEFT_OUT) - silent == set(), "named, and there is no such boolean any more"


def test_what_may_be_left_out_is_never_taken_for_a_yes() -> None:
    taken = {name: field.load_default for name, field in booleans() if field.load_default is True}
    assert taken == {"ListSchema.dry_run": True}  # nothing is done


def test_a_missing_answer_is_refused_by_the_name_of_its_field() -> None:
    asked = [
        (schema, name)
        for schema in read()
        for name, field in schema._declared_fields.items()
        if isinstance(field, fields.YesNo)
    ]
    assert len(asked) >= 14
    for schema, name in asked:
        for given in ({}, {name: None}):
            with pytest.raises(ValidationError) as refused:
                schema().load(given)
            assert refused.value.messages_dict[name] == [SAID], f"{schema.__name__}.{name}"


def test_no_choice_that_decides_is_made_beforehand() -> None:
    sent = {
        name
        for schema in read()
        for name, field in schema._declared_fields.items()
        if isinstance(field, bare.Enum) and isinstance(field.load_default, field.enum)
    }
    held = {
        ".".join(part for part in re.findall(r"[a-z_]+", said) if part not in {"loop", "index", "number"})
        for place in ("services", "shared")
        for path in (ROOT / place).rglob("*.html")
        for said in re.findall(r"select\(form, ([^,]+),[^\n]*first_holds=true", path.read_text())
    }
    assert (sent, held) == ({"role", "tray"}, {"members.part", "members.role"})
    assert set(CHOSEN_BEFOREHAND) == sent | held - {"members.role"}


def test_a_box_stands_only_for_what_may_be_left_out() -> None:
    may = {name.partition(".")[2] for name in MAY_BE_LEFT_OUT} | set(ON_PAGES_ALONE)
    boxes = [
        (path.name, next(filter(None, found)))
        for place in ("services", "shared")
        for path in (ROOT / place).rglob("*.html")
        if path.name != "components.html"
        for found in BOX.findall(path.read_text())
    ]
    assert len(boxes) > 10
    assert [each for each in boxes if not each[1].endswith("[]") and each[1].rpartition(".")[2] not in may] == []
