"""No template gives another meaning to a name that it was given: what the page shows is what the view said."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).parents[2]
PLACES = ("services", "shared")
READ = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


def templates() -> dict[str, str]:
    """Every template of ours by the name that views know it by."""
    found = (path for place in PLACES for path in (ROOT / place).rglob("templates/**/*.html"))
    return {str(path).partition("/templates/")[2]: path.read_text() for path in found}


def given() -> Iterator[tuple[str, frozenset[str]]]:
    """Which template is shown with which names, call by call."""
    for path in (each for place in PLACES for each in (ROOT / place).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "render_template" and node.args:
                names = frozenset(each.arg for each in node.keywords if each.arg)
                for said in ast.walk(node.args[0]):
                    if isinstance(said, ast.Constant) and isinstance(said.value, str):
                        yield said.value, names


def named_anew(source: str) -> set[str]:
    """The names that a template sets, or goes through a list by."""
    return {
        name.name
        for kind in (nodes.Assign, nodes.For)
        for each in READ.parse(source).find_all(kind)
        for name in ([each.target] if isinstance(each.target, nodes.Name) else each.target.find_all(nodes.Name))
    }


def test_no_template_names_anew_what_it_was_given() -> None:
    known = templates()
    shown = [(name, names) for name, names in given() if name in known]
    assert len(shown) > 100
    assert {name: found for name, names in shown if (found := named_anew(known[name]) & names)} == {}


@pytest.mark.parametrize(
    "source",
    [
        '{% set form = "another" %}',
        "{% for form in rows %}{{ form }}{% endfor %}",
        "{% for number, form in rows %}{{ form }}{% endfor %}",
        "{% if rows %}{% set form = rows %}{% endif %}",
    ],
)
def test_a_name_that_is_used_again_is_found(source: str) -> None:
    assert "form" in named_anew(source)
