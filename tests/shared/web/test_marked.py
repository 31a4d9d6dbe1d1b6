"""Every text on a page is marked for translation: none stands in a template or a notice in one language alone."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes

from shared.web import translate

SAME_IN_BOTH = frozenset(
    [
        "Kail",
        "Python",
        "PostgreSQL",
        "yaml",
        "SK",
        "RAB",
        "BAST",
        "SP",
        "NIK",
        "KK",
        "KTP",
        "DTKS",
        "P3KE",
        "PKH",
        "BPNT",
        "KUBE",
        "WRSE",
        "APBN",
        "APBD",
        "CSV",
        "API",
        "Rp",
        "ID",
        "EN",
        "RT",
        "RW",
    ]
)
"""Official terms and names, which no language changes."""
SEEN = frozenset({"title", "aria-label", "placeholder", "alt", "label", "summary", "aria-description", "data-label"})
"""Attributes that a reader sees or hears."""
UNSEEN = frozenset({"script", "style", "code"})
"""Neither seen nor, as a command or an expression, in any language."""
HOLE = "\x00"
NO_TEXT = re.compile(r'(?<!\w)/[\w/.\x00-]+|[\w-]+="[^"]*"')
"""What a macro may give back beside texts: an address, or an attribute."""
WORD = re.compile(r"[^\W\d_]{2,}")
TEMPLATES = [
    path for place in translate.PLACES for path in sorted((translate.ROOT / place).rglob("templates/**/*.html"))
]
SOURCES = [path for place in translate.PLACES for path in sorted((translate.ROOT / place).rglob("*.py"))]
SAYING = frozenset({"flash", "say", "done"})


class Visible(HTMLParser):
    """Collects what a reader of a page sees or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unseen += tag in UNSEEN
        self.texts += [value for name, value in attrs if name in SEEN and value]

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in UNSEEN

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.texts.append(data)


def unmarked(template: str) -> list[str]:
    """The words of a template that are written in it as they are."""
    tree = jinja2.Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(template)
    page = Visible()
    page.feed("".join(_written(tree)))
    page.close()
    return [word for text in page.texts for word in _words(text)]


def _written(node: nodes.Node) -> Iterator[str]:
    """What a template writes, in order; a hole where a value stands, and texts that a value has of its own."""
    if isinstance(node, nodes.TemplateData):
        yield node.data
    elif isinstance(node, nodes.Block) and node.name == "width":  # a class, not a text
        return
    elif isinstance(node, nodes.Output):
        for each in node.nodes:
            yield from _written(each) if isinstance(each, nodes.TemplateData) else _said(each)
    else:
        for child in node.iter_child_nodes():
            yield from _written(child)


def _said(value: nodes.Node) -> Iterator[str]:
    """A hole, and beside it each text that the value shows as it is: `{{ "yes" if x else "no" }}`."""
    yield HOLE
    if isinstance(value, nodes.CondExpr):
        yield from (text for each in (value.expr1, value.expr2) if each is not None for text in _said(each))
    elif isinstance(value, nodes.Or | nodes.Concat):
        for each in value.iter_child_nodes():
            yield from _said(each)
    elif isinstance(value, nodes.Const) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, nodes.Call) and isinstance(value.node, nodes.Name) and value.node.name in LABELLED:
        for position in LABELLED[value.node.name]:
            if position < len(value.args):
                yield from (f" <i>{text}</i> " for text in _said(value.args[position]))


LABELLED = {
    "heading": (0, 1, 3),
    "text": (2, 3),
    "textarea": (2, 3),
    "rupiah_field": (2, 3),
    "select": (2,),
    "radios": (2,),
    "checkbox": (2,),
    "button": (0,),
    "link_button": (0,),
    "tag": (0,),
}
"""Macros of components.html and the places of their arguments that are shown."""


def _words(text: str) -> list[str]:
    return [word for word in WORD.findall(NO_TEXT.sub("", text)) if word not in SAME_IN_BOTH]


def unmarked_notices(source: str) -> list[str]:
    """The sentences that code puts into a notice as they are."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and node.args)
    return [
        ast.unparse(call.args[0])
        for call in calls
        if getattr(call.func, "id", getattr(call.func, "attr", "")) in SAYING
        and isinstance(call.args[0], ast.Constant | ast.JoinedStr)
    ]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(translate.ROOT)))
def test_no_text_of_a_template_is_in_one_language_alone(path: Path) -> None:
    assert unmarked(path.read_text()) == []


def test_no_notice_is_in_one_language_alone() -> None:
    found = {str(path): unmarked_notices(path.read_text()) for path in SOURCES}
    assert {path: texts for path, texts in found.items() if texts} == {}


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ('<p>{{ _("Hello") }}</p>', []),
        ("<p class='wide'>{{ name }} · SK 7</p>", []),
        ('<a href="/x" title="Open it">{{ x }}</a>', ["Open", "it"]),
        ('<input placeholder="{{ _("Name") }}" aria-label="Name">', ["Name"]),
        ('{{ "yes" if x else _("no") }}', ["yes"]),
        ('{{ x or "nothing" }}', ["nothing"]),
        ('{{ button("Send") }}', ["Send"]),
        ("{% if x %}<b>or else</b>{% endif %}", ["or", "else"]),
        ("{% macro at(x) %}/monitoring/{{ x }}/journeys{% endmacro %}", []),
        ("<p>yes/no</p>", ["yes", "no"]),
        ("<script>const x = 1</script>", []),
        ("{% trans %}Hello{% endtrans %}", []),
    ],
)
def test_a_text_that_is_not_marked_is_found(template: str, words: list[str]) -> None:
    assert unmarked(template) == words


def test_a_notice_that_is_not_marked_is_found() -> None:
    assert unmarked_notices('flash("Saved."); flash(_("Saved.")); flash(f"{x} saved")') == ["'Saved.'", "f'{x} saved'"]
