"""Tables that become cards where a screen has no room for their columns."""

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

OPENING = re.compile(r"<(tr|td|th)\b([^>]*)")
COLSPAN = re.compile(r'colspan="(\d+)"')

Column = str | tuple[str, str]
"""A column's name, or its name and its class."""


def labelled(rows: Markup, columns: Sequence[Column]) -> Markup:
    """The same rows, each cell with its column's name, which the style sheet shows beside it on a narrow screen."""
    names = [each if isinstance(each, str) else each[0] for each in columns]
    place = 0

    def opening(found: re.Match[str]) -> str:
        nonlocal place
        if found[1] == "tr":
            place = 0
            return found[0]
        column, width = place, COLSPAN.search(found[2])
        place += int(width[1]) if width else 1
        return found[0] if width or column >= len(names) else f'{found[0]} data-label="{escape(names[column])}"'

    return Markup(OPENING.sub(opening, rows))  # noqa: S704 (both were markup before)
