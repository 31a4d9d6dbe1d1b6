"""The papers as tables that can be taken along (CSV)."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any

from flask_babel import gettext as _

from services.intake.papers import words

NAMES = ("register", "retention", "sharing")


def csv_of(name: str, papers: dict[str, Any], language: str) -> str:
    """One of the papers as CSV, with a mark by which spreadsheets know UTF-8."""
    out = StringIO()
    csv.writer(out).writerows(_ROWS[name](papers, language))
    return "\N{BYTE ORDER MARK}" + out.getvalue()


def _register(papers: dict[str, Any], language: str) -> Iterator[list[str]]:
    yield [
        _("Activity"), _("Purpose"), _("Whose data"), _("Which data"), _("Receivers"), _("Legal basis"), _("Source"),
        _("Checked"), _("Where it is kept"), _("How it is protected"), _("How long it is kept"),
    ]  # fmt: skip
    for each in papers["register"]:
        yield [
            each["title"][language],
            each["purpose"][language],
            "; ".join(whose[language] for whose in each["whose"]),
            "; ".join(f"{one['title'][language]}: {', '.join(one['fields'])}" for one in each["categories"]),
            "; ".join([*each["recipients"], *filter(None, [words.receivers(each)])]),
            each["basis"]["text"][language],
            each["basis"]["source"],
            _("yes") if each["basis"]["verified"] else words.unverified(),
            ", ".join(each["tables"]),
            "; ".join(f"{words.how(way['how'])}: {words.fields_in(way['fields'])}" for way in each["protection"]),
            " ".join(said_of_keeping(each, language)),
        ]


def said_of_keeping(entry: dict[str, Any], language: str) -> Iterator[str]:
    """All that is said of how long the data of an activity is kept."""
    if entry["keeps"]:
        yield entry["keeps"][language]
    for rule in entry["kept"]:
        yield words.rule(rule, language)
    if entry["without_end"]:
        yield _("No end of its own: %(tables)s.", tables=", ".join(entry["without_end"]))


def _retention(papers: dict[str, Any], language: str) -> Iterator[list[str]]:
    yield [_("Where it is kept"), _("How long it is kept"), _("Erased"), _("Setting in the code")]
    for each in papers["retention"]:
        erased = _("yes") if each["erases"] else _("no")
        yield [", ".join(each["tables"]), words.rule(each, language), erased, each["constant"] or ""]


def _sharing(papers: dict[str, Any], language: str) -> Iterator[list[str]]:
    yield [
        _("Programme"), _("Version"), _("Stage"), _("Agency"), _("Offices"), _("Which data"), _("Legal basis"),
        _("Checked"), _("What stays when she takes her consent back"),
    ]  # fmt: skip
    for each in papers["sharing"]:
        yield [
            each["programme_title"][language],
            str(each["version"]),
            each["title"][language],
            words.agency(each["agency"]),
            "; ".join(each["offices"]),
            ", ".join(words.field(one) for one in each["fields"]),
            words.basis(each["basis"]),
            _("yes") if each["verified"] else words.unverified(),
            each["keeps"][language] if each["keeps"] else "",
        ]


_ROWS = {"register": _register, "retention": _retention, "sharing": _sharing}
