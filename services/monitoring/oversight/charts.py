"""Charts as SVG, made here: Vega-Lite turned into shapes and text, without a network, a script or a style attribute.

A chart is fitted to a size that is known before it is drawn, so that the page keeps its place free while it is fetched.
Colours come from the style sheet and differ in lightness as well as in hue, so that a chart can be read in grey. Making
one takes about a tenth of a second (the first in a process a second), so that what was made is kept by its content.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import vl_convert
from flask_babel import gettext as _

from services.monitoring.flow.words import month_name
from services.monitoring.money.models import FundFigure
from services.monitoring.oversight.cohorts import Funnel
from services.monitoring.oversight.promises import Promises
from services.monitoring.oversight.words import cell, milestone_name
from shared.programmes.definition import Programme
from shared.web import assets, language
from shared.web.showing import or_english

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
WIDE, NARROW = 600, 300
PADDING = 4
KEPT = 256
LOCALES = {
    "id": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["Rp", ""]},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["Rp", ""]},
}
Spec = dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """What a page says of a chart before it is there: the name of what it shows, and its widths and heights."""

    name: str
    wide: tuple[int, int]
    narrow: tuple[int, int]


def shown(make: Callable[[int], Spec]) -> Shown:
    """What to say of the chart that is made so for a width: a browser fetches it again only under another name."""
    wide, narrow = make(WIDE), make(NARROW)
    return Shown(name_of(wide), size_of(wide), size_of(narrow))


def size_of(spec: Spec) -> tuple[int, int]:
    """How wide and high the chart is drawn, in pixels: it is fitted to that, whatever it shows."""
    return spec["width"], spec["height"]


@cache
def colours() -> Mapping[str, str]:
    """The colours that the style sheet names."""
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", (assets.FOLDER / "theme.css").read_text()))


def name_of(spec: Spec) -> str:
    """A short name for what a chart shows: another figure, or another language, is another name."""
    return hashlib.sha256(json.dumps([spec, language.language()], sort_keys=True).encode()).hexdigest()[:16]


def drawn(spec: Spec) -> str:
    """The chart as SVG."""
    return _drawn(json.dumps(spec, sort_keys=True), language.language())


@lru_cache(maxsize=KEPT)
def _drawn(spec: str, spoken: str) -> str:
    return str(vl_convert.vegalite_to_svg(spec, format_locale=LOCALES[spoken], allowed_base_urls=[]))


def money(funds: Sequence[FundFigure], width: int) -> Spec:
    """What became of each fund's ceiling: given, lent, committed, reserved, free."""
    parts = [
        (_("Realised"), "realised", "sea"),
        (_("Lent and not repaid"), "lent", "line-strong"),
        (_("Committed"), "committed", "accent"),
        (_("Reserved"), "reserved", "hook"),
        (_("Free"), "free", "line"),
    ]
    values = [
        {
            "fund": or_english(fund.title, fund.title_en),
            "part": label,
            "order": order,
            "amount": max(getattr(fund, name), 0),
        }
        for fund in funds
        for order, (label, name, _colour) in enumerate(parts)
    ]
    return _chart(
        width,
        44 * len(funds) + (73 if width == WIDE else 108),  # the legend takes one line, or three
        values,
        mark={"type": "bar", "height": 14, "yOffset": 8, "stroke": colours()["paper"], "strokeWidth": 1},
        encoding={
            "y": _named_above("fund", [or_english(fund.title, fund.title_en) for fund in funds], width),
            "x": {
                "field": "amount",
                "type": "quantitative",
                "stack": "normalize",
                "title": _("Share of the ceiling"),
                "axis": {"format": ".0%", "tickCount": 5},
            },
            "color": {
                "field": "part",
                "type": "nominal",
                "scale": {"domain": [part[0] for part in parts], "range": [colours()[part[2]] for part in parts]},
                "legend": {"title": None, "orient": "top", "columns": 5 if width == WIDE else 2},
            },
            "order": {"field": "order"},
        },
    )


def promises(found: Promises, width: int) -> Spec:
    """How many promises all offices closed in each month, in time and late."""
    labels = (_("In time"), _("Late"))
    values = []
    for month in found.months:
        kept = sum(office.months[month].kept for office in found.offices)
        closed = sum(office.months[month].closed for office in found.offices)
        for order, (label, number) in enumerate(zip(labels, (kept, closed - kept), strict=True)):
            values.append({"month": month_name(month), "kept": label, "order": order, "number": number})
    return _chart(
        width,
        240 if width == WIDE else 270,  # the months' names stand upright, or slant
        values,
        mark={"type": "bar", "width": {"band": 0.7}, "stroke": colours()["paper"], "strokeWidth": 1},
        encoding={
            "x": {
                "field": "month",
                "type": "ordinal",
                "sort": None,
                "title": None,
                "axis": {"labelAngle": 0 if width == WIDE else -45},
            },
            "y": {
                "field": "number",
                "type": "quantitative",
                "title": _("Promises closed"),
                "axis": {"tickCount": 4, "tickMinStep": 1},
            },
            "color": {
                "field": "kept",
                "type": "nominal",
                "scale": {"domain": labels, "range": [colours()["accent"], colours()["hook"]]},
                "legend": {"title": None, "orient": "top"},
            },
            "order": {"field": "order"},
        },
    )


def funnel(found: Funnel, programme: Programme, width: int) -> Spec:
    """How many journeys of a programme came how far, all cohorts together."""
    values = [{"name": _("Opened"), "number": found.total or 0, "label": cell(found.total)}]
    for each in found.milestones:
        label = cell(each.total) + (f" ({each.percent} %)" if each.percent is not None else "")
        values.append({"name": milestone_name(each.name, programme), "number": each.total or 0, "label": label})
    return _chart(
        width,
        38 * len(values) + 12,
        values,
        layer=[
            {"mark": {"type": "bar", "height": 12, "yOffset": 7, "color": colours()["accent"]}},
            {
                "mark": {
                    "type": "text",
                    "align": "left",
                    "dx": 4,
                    "yOffset": 7,
                    "color": colours()["ink"],
                    "fontSize": 12,
                },
                "encoding": {"text": {"field": "label"}},
            },
        ],
        encoding={
            "y": _named_above("name", [each["name"] for each in values], width),
            "x": {
                "field": "number",
                "type": "quantitative",
                "title": None,
                "axis": None,
                "scale": {"domain": [0, max(found.total or 0, 1) * 1.2]},
            },
        },
    )


def _named_above(field: str, order: Sequence[str], width: int) -> Spec:
    """Bars one below the other, each under its name: a long name needs no room beside them, not even on a phone.

    What is still too long ends in an ellipsis; the table beside the chart has it whole.
    """
    return {
        "field": field,
        "type": "nominal",
        "sort": list(order),
        "title": None,
        "axis": {
            "labelAlign": "left",
            "labelBaseline": "line-bottom",
            "labelPadding": 0,
            "labelOffset": -7,
            "labelLimit": width - 3 * PADDING,
            "domain": False,
            "ticks": False,
        },
    }


def _chart(width: int, height: int, values: list[dict[str, Any]], **what: Any) -> Spec:
    paint = colours()
    return {
        "$schema": SCHEMA,
        "background": paint["paper"],  # it covers what marks its place until it is there
        "padding": PADDING,
        "width": width,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "data": {"values": values},
        **what,
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "axis": {
                "labelColor": paint["ink"],
                "titleColor": paint["muted"],
                "gridColor": paint["line"],
                "domainColor": paint["line-strong"],
                "tickColor": paint["line-strong"],
                "labelFontSize": 12,
                "titleFontSize": 12,
                "titleFontWeight": "normal",
            },
            "legend": {"labelColor": paint["ink"], "labelFontSize": 12, "labelLimit": 200, "symbolSize": 120},
        },
    }
