"""The dashboard, looked at by a person: the page, its part that moves, its charts, and the list of what is late."""

from functools import partial
from typing import Any

from flask import Blueprint, current_app, render_template, request
from werkzeug.wrappers import Response

from services.monitoring import versions
from services.monitoring.flow import queries
from services.monitoring.flow.pages import titles
from services.monitoring.heard import CHANNEL
from services.monitoring.oversight import (
    charts,
    cohorts,
    dashboard,
    freshness,
    handovers,
    promises,
    red_list,
    schemas,
    words,
)
from services.monitoring.oversight.dashboard import Dashboard
from shared.identity.permissions import Permission
from shared.kernel.errors import NotFound
from shared.programmes import layout
from shared.programmes.definition import Programme
from shared.web import door, forms
from shared.web.guard import guard
from shared.web.live import Watch

pages = Blueprint("oversight_pages", __name__, template_folder="templates")
for said_as in (words.cell, words.times):
    pages.add_app_template_filter(said_as, said_as.__name__)

A_WHILE = "private, max-age=3600"


@pages.get("/<agency>/dashboard")
@guard(Permission.FIGURES_READ)
def show_dashboard(agency: str) -> str:
    """The dashboard of all programmes, or of one."""
    return _dashboard("oversight/dashboard.html", agency)


@pages.get("/<agency>/dashboard/figures")
@guard(Permission.FIGURES_READ)
def show_figures(agency: str) -> str | tuple[str, int]:
    """The part of the dashboard that moves; nothing when the page shows it already (`known`)."""
    known = request.args.get("known")
    with door.reading() as session:
        if known and known == freshness.state(session):
            return "", 204
    return _dashboard("oversight/figures.html", agency)


@pages.get("/<agency>/live")
@guard(Permission.FIGURES_READ)
def watch_figures(agency: str) -> Response:
    """A stream that tells when the figures are others than those `known`; pages ask for theirs again then."""
    return _watch().stream(request.args.get("known", ""))


@pages.get("/<agency>/dashboard/charts/<name>.svg")
@guard(Permission.FIGURES_READ)
def show_chart(agency: str, name: str) -> Response:
    """A chart of the dashboard's figures; the same figures stand in a table beside it."""
    width = charts.NARROW if "narrow" in request.args else charts.WIDE
    officer = door.current_officer()
    programme = _programme()
    identifier, version = (programme.id, programme.version or None) if programme else (None, None)
    with door.reading() as session:
        if name == "money":
            shown = [programme] if programme else queries.programmes_of(officer)
            spec = charts.money(dashboard.funds(session, shown), width)
        elif name == "promises":
            spec = charts.promises(promises.promises(session, officer, identifier, version), width)
        elif name == "funnel" and programme:
            spec = charts.funnel(cohorts.funnel(session, officer, programme), programme, width)
        else:
            raise NotFound(what="chart")
    answer = Response(charts.drawn(spec), mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = A_WHILE  # its address names its figures: another figure is another address
    return answer


@pages.get("/<agency>/red-list")
@guard(Permission.FIGURES_READ)
def list_open_stages(agency: str) -> str:
    """What is late or nearly so, the earliest due first, with the share of its time limit that is used."""
    asked = {name: value for name, value in request.args.items() if value}
    query: dict[str, Any] = forms.load(schemas.RedListQuery(), asked)
    officer = door.current_officer()
    with door.reading() as session:
        page = red_list.red_list(session, officer, **query)
        every = handovers.handovers(session, officer, query["programme"], query["version"])
        programmes = queries.programmes_of(officer)
        return render_template(
            "oversight/red_list.html",
            agency=agency,
            form=forms.blank(asked),
            asked={name: value for name, value in asked.items() if name != "after"},
            others={name: value for name, value in asked.items() if name not in ("after", "every", "used")},
            page=page,
            programmes={each.id: each for each in programmes},
            stages=_stages(query["programme"], programmes),
            offices=sorted({each.office for each in every}),
            senders=sorted({each.sender_office for each in every}),
            titles=titles(),
        )


@pages.get("/<agency>/promises")
@guard(Permission.FIGURES_READ)
def list_closed_stages(agency: str) -> str:
    """The closed stages behind the promises."""
    asked = {name: value for name, value in request.args.items() if value}
    query: dict[str, Any] = forms.load(schemas.PromisesQuery(), asked)
    officer = door.current_officer()
    with door.reading() as session:
        page = promises.closed_stages(session, officer, **query)
        every = promises.promises(session, officer, query["programme"], query["version"])
        programmes = queries.programmes_of(officer)
        return render_template(
            "oversight/closed_stages.html",
            agency=agency,
            form=forms.blank(asked),
            asked={name: value for name, value in asked.items() if name != "after"},
            query=query,
            page=page,
            programmes={each.id: each for each in programmes},
            offices=sorted({each.office for each in every.offices}),
            months=every.months,
            titles=titles(),
        )


def _stages(programme: str | None, programmes: list[Programme]) -> list[str]:
    return list(dict.fromkeys(stage for each in programmes if each.id == programme for stage in each.stages))


def _programme() -> Programme | None:
    query = forms.load(schemas.DashboardQuery(), request.args)
    return versions.asked(query["programme"], query["version"]) if query["programme"] else None


def _named(programme: Programme | None) -> dict[str, Any]:
    """What the addresses of a dashboard's lists say of its programme; no version where it is of all of them."""
    if programme is None:
        return {}
    return {"programme": programme.id} | ({"version": programme.version} if programme.version else {})


def _dashboard(template: str, agency: str) -> str:
    programme = _programme()
    officer = door.current_officer()
    with door.reading() as session:
        found = dashboard.gather(session, officer, programme)
        return render_template(
            template,
            agency=agency,
            found=found,
            programme=programme,
            named=_named(programme),
            numbers=versions.numbers(programme.id) if programme else [],
            choices=queries.programmes_of(officer),
            matrix=handovers.matrix(found.handovers),
            charts=_charts(found),
            milestone_name=words.milestone_name,
            box={"width": layout.BOX_WIDTH, "height": layout.BOX_HEIGHT},
            titles=titles(),
        )


def _charts(found: Dashboard) -> dict[str, charts.Shown]:
    """What the page says of each chart before it is fetched."""
    told = {
        "money": charts.shown(partial(charts.money, found.funds)),
        "promises": charts.shown(partial(charts.promises, found.promises)),
    }
    if found.one:
        told["funnel"] = charts.shown(partial(charts.funnel, found.one.funnel, found.one.programme))
    return told


def _watch() -> Watch:
    """The listener of this process, made by the first page that watches."""
    watch: Watch | None = current_app.extensions.get("kail-watch")
    if watch is None:
        watch = current_app.extensions["kail-watch"] = Watch(door.database(), CHANNEL, freshness.state)
    return watch
