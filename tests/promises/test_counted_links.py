"""A number that leads to a list says so in one way, so that every one of them can be compared with its list's rows."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(each for place in ("services", "shared") for each in (ROOT / place).rglob("templates/**/*.html"))
LINK = re.compile(r"<a\b((?:[^>{]|\{\{.*?\}\}|\{%.*?%\}|\{(?![{%]))*)>(.*?)</a>", re.DOTALL)
SAID = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
TEXT = re.compile(r'"[^"]*"')
NUMBER = re.compile(
    r"\bngettext\(|\|\s*(?:number|length|cell|count|sum)\b"
    r"|\b(?:numbers?|counts?|total|waiting|overdue|late|left|journeys|people|closed|kept)\b(?!\s*\()(?!\.)"
)
NO_COUNTS = {
    ("programme.html", "version={{ number }}"): "the number of a version",
    ("fair.html", "journey-number"): "the number of a journey",
    ("components.html", "{{ way }}"): "the number of a journey",
    ("worklist.html", "chosen=all"): "how many boxes it ticks on the page that one sees",
}
"""Links that say another number than that of the rows behind them: file, part of the link, and why."""


def unmarked(html: str) -> list[str]:
    """The links of a template that say a number and do not mark it as counted."""
    return [
        " ".join(found[0].split())
        for found in LINK.finditer(html)
        if "leads_to(" not in found[1] and any(NUMBER.search(TEXT.sub('""', said)) for said in SAID.findall(found[2]))
    ]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda each: str(each.relative_to(ROOT)))
def test_no_link_says_a_number_that_it_does_not_mark_as_counted(template: Path) -> None:
    known = [part for file, part in NO_COUNTS if file == template.name]
    found = [each for each in unmarked(template.read_text()) if not any(part in each for part in known)]
    assert found == []


def test_every_exception_is_still_needed() -> None:
    found = {(each.name, link) for each in TEMPLATES for link in unmarked(each.read_text())}
    needed = {key for key in NO_COUNTS if any(name == key[0] and key[1] in link for name, link in found)}
    assert needed == set(NO_COUNTS)


@pytest.mark.parametrize(
    "written",
    [
        '<a href="/x">{{ waiting }}</a>',
        '<a href="/x">{{ _("Late") }} ({{ late }})</a>',
        '<a class="count" href="{{ at(a, b) }}">{{ cell.overdue | number }}</a>',
        '<a href="/x">{{ ngettext("%(num)d more", "%(num)d more", n) }}</a>',
        '<a href="/x">\n  {{ rows | length }}\n</a>',
        '<a {% if each > 2 %}class="x"{% endif %} href="/x"><b>{{ tile.journeys }}</b></a>',
    ],
)
def test_a_link_that_says_a_number_is_found(written: str) -> None:
    assert len(unmarked(written)) == 1
    assert unmarked(written.replace("<a ", "<a{{ leads_to(1) }} ", 1)) == []


@pytest.mark.parametrize(
    "written",
    [
        '<a href="/x">{{ _("Who waits: late or left") }}</a>',
        '<a href="/x?n={{ total }}">{{ title }}</a>',
        "{{ total }}",
    ],
)
def test_a_link_that_says_none_is_not(written: str) -> None:
    assert unmarked(written) == []
