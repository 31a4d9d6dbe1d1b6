"""The figures, looked at by a person: programmes, the live map, the lists behind its numbers, one journey's story."""

import csv
from collections.abc import Iterable
from io import StringIO
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.monitoring import versions
from services.monitoring.flow import passages, process_map, queries, reach, schemas, storytelling, words
from services.monitoring.flow.models import JourneyFigure
from services.monitoring.flow.rules import At, Ended
from services.monitoring.money import queries as money
from shared import places
from shared.identity.permissions import Permission
from shared.identity.rules import Role
from shared.kernel import clock
from shared.kernel.errors import Invalid, NotFound
from shared.programmes import library
from shared.programmes.definition import Programme
from shared.programmes.layout import BOX_HEIGHT, BOX_WIDTH
from shared.referrals import naming
from shared.referrals import words as referral_words
from shared.web import access, door, forms, language, showing
from shared.web.guard import guard
from shared.web.rates import searching

NARROWING = ("number", "programme", "version", "stage", "state", "outcome", "because", "area", "cohort", "journey_id")
pages = Blueprint("flow_pages", __name__, template_folder="templates")
for said_as in (
    words.code_kind,
    words.code_name,
    words.event_details,
    words.event_kind,
    words.event_name,
    words.in_lines,
    words.month_name,
    words.outcome_name,
    words.reported_facts,
    words.second,
    words.state_name,
    storytelling.brief_day,
    storytelling.hour,
    words.time_limit,
):
    pages.add_app_template_filter(said_as, said_as.__name__)
pages.add_app_template_global(words.who_counts, "who_counts")


@pages.get("/<agency>/programmes")
@guard(Permission.FIGURES_READ)
def list_programmes(agency: str) -> str:
    """Every programme that this deployment runs, with its headline figures."""
    with door.reading() as session:
        headlines = {
            (each.programme, each.version): each for each in queries.headlines(session, door.current_officer())
        }
        programmes = [
            (each, headlines.get(each.key), money.funds(session, money.fund_ids(each)))
            for each in library.published().values()
        ]
        return render_template("flow/programmes.html", agency=agency, programmes=programmes)


@pages.get("/<agency>/programmes/<programme_id>")
@guard(Permission.FIGURES_READ)
def show_map(agency: str, programme_id: str) -> str:
    """The process map of a programme, its table, who waits for whom, and its money."""
    return _map("flow/map.html", agency, programme_id)


@pages.get("/<agency>/programmes/<programme_id>/live")
@guard(Permission.FIGURES_READ)
def show_live_part(agency: str, programme_id: str) -> str:
    """The part of the map's page that moves; the page asks for it when the figures have changed."""
    return _map("flow/live.html", agency, programme_id)


@pages.get("/<agency>/programmes/<programme_id>/unreached")
@guard(Permission.FIGURES_READ)
def show_unreached(agency: str, programme_id: str) -> str:
    """The kelurahan in which nobody has set out on a programme yet."""
    programme, found = _unreached(programme_id)
    version = programme.version or None
    return render_template(
        "flow/unreached.html", agency=agency, programme=programme, found=found, version=version, titles=titles()
    )


@pages.get("/<agency>/programmes/<programme_id>/unreached.csv")
@guard(Permission.FIGURES_READ)
def download_unreached(agency: str, programme_id: str) -> Response:
    """The same as a table; its last line says who counts as reached."""
    _programme, found = _unreached(programme_id)
    out = StringIO()
    rows = csv.writer(out)
    rows.writerow(["id_wilayah", "kelurahan", "kecamatan", "kabupaten_kota"])
    for each in found.kelurahan or ():
        rows.writerow([each.code, each.name, each.kecamatan, each.regency])
    rows.writerow([words.who_counts()])
    attachment = {"Content-Disposition": f'attachment; filename="{programme_id}-unreached.csv"'}
    return Response(out.getvalue(), mimetype="text/csv", headers=attachment)


def _unreached(programme_id: str) -> tuple[Programme, reach.Unreached]:
    programme = versions.asked(programme_id, forms.load(schemas.VersionQuery(), request.args)["version"])
    with door.reading() as session:
        return programme, reach.unreached(session, door.current_officer(), programme)


def _map(template: str, agency: str, programme_id: str) -> str:
    programme = versions.asked(programme_id, forms.load(schemas.VersionQuery(), request.args)["version"])
    officer = door.current_officer()
    with door.reading() as session:
        return render_template(
            template,
            agency=agency,
            programme=programme,
            numbers=versions.numbers(programme.id),
            drawn=process_map.draw(
                programme,
                queries.stage_counts(session, officer, *programme.key),
                passages.lately(session, officer, *programme.key),
            ),
            headline=queries.headline(session, officer, *programme.key),
            waiting=queries.who_waits_for_whom(session, officer, *programme.key),
            funds=money.funds(session, money.fund_ids(programme)),
            coverage=reach.coverage(session, officer, programme) if reach.recruits(programme) else None,
            survival=reach.survival(session, officer, programme),
            box={"width": BOX_WIDTH, "height": BOX_HEIGHT},
            as_of=clock.now(),
        )


@pages.get("/<agency>/journeys")
@guard(Permission.FIGURES_READ)
def list_journeys(agency: str) -> str:
    """The journeys behind a number, or those that she narrows the list to."""
    query, form = forms.narrowed(schemas.JourneyQuery(), request.args)
    officer = door.current_officer()
    with door.reading() as session:
        page = queries.journeys(session, officer, **query)
        choices = [versions.asked(each.id, None) for each in queries.programmes_of(officer)]
        return render_template(
            "flow/journeys.html",
            agency=agency,
            query=query,
            form=form,
            asked=_asked(),
            page=page,
            names=naming.listed_journeys((each.journey.id for each in page.items), "list of journeys"),
            choices=[(each.id, each.title.to(language.language())) for each in choices],
            stages=_stages(each for each in choices if query["programme"] in (None, each.id)),
            areas=places.below(officer.areas, places.Level.KECAMATAN),
            states=[(each.value, words.state_name(each.value)) for each in (*At, *Ended)],
            can_name=access.holds(officer, Permission.REFERRALS_WORK),
            reached=queries.reached(session, officer, **query),
            titles=titles(),
        )


@pages.post("/<agency>/journeys/search")
@guard(Permission.REFERRALS_WORK)
@searching
def search_journeys(agency: str) -> Response:
    """Find the journeys of whoever the office was told is called so; a name stands in no address."""
    try:
        name = forms.load(schemas.NameSought(), request.form)["name"]
    except Invalid:
        flash(_("Write at least three letters of a name."), "warning")
        return redirect(_listed(agency, _asked()), 303)
    rest = {each: value for each, value in _asked().items() if each != "journey_id"}
    with door.reading() as session:
        found = naming.journeys_called(session, door.current_officer(), name, schemas.MOST_NAMED)
    if not found:
        flash(_("Your office was told of nobody here who is called so."), "warning")
        return redirect(_listed(agency, rest), 303)
    if len(found) == schemas.MOST_NAMED:
        flash(_("Many are called so; only %(num)d are shown. Write more of the name.", num=len(found)), "info")
    return redirect(_listed(agency, rest | {"journey_id": ",".join(map(str, found))}), 303)


def _asked() -> dict[str, str]:
    """What the address narrows the list to."""
    return {name: value for name in NARROWING if (value := request.args.get(name))}


def _listed(agency: str, asked: dict[str, str]) -> str:
    narrowed = showing.query(asked)
    return f"/monitoring/{agency}/journeys" + (f"?{narrowed}" if narrowed else "")


def _stages(programmes: Iterable[Programme]) -> list[tuple[str, str]]:
    """The stages of these programmes by title, each name once."""
    spoken = language.language()
    found = {name: stage.title.to(spoken) for each in programmes for name, stage in each.stages.items()}
    return sorted(found.items(), key=lambda each: each[1])


@pages.get("/<agency>/journeys/<uuid:journey_id>")
@guard(Permission.FIGURES_READ)
def show_journey(agency: str, journey_id: UUID) -> str:
    """One journey: how it stands, who owes the next step until when, and everything that happened."""
    officer = door.current_officer()
    with door.reading() as session:
        story = queries.story(session, officer, journey_id)
        journey = story.journey
        programme = _version_of(journey)
        return render_template(
            "flow/journey.html",
            agency=agency,
            story=story,
            days=storytelling.by_day(story.timeline),
            steps=storytelling.next_steps(officer, story, programme),
            decisions={each.referral_id for each in story.turns if each.decides},
            lasted=storytelling.lasted(journey),
            way=storytelling.way_of(story, programme) if programme else None,
            decides=journey.lead_office == officer.office and officer.has(Role.OFFICER, Role.HEAD),
            titles=titles(),
            box={"width": BOX_WIDTH, "height": BOX_HEIGHT},
            words=referral_words,
        )


def _version_of(journey: JourneyFigure) -> Programme | None:
    try:
        return library.programme(journey.programme, journey.version)
    except NotFound:
        return None


class Titles:
    """What programmes and their stages are called in the version that a row is of, also when their file is gone.

    Without a version it is the newest that has it: for what is no row of one, as the choices of a list.
    """

    def __init__(self, spoken: str) -> None:
        self.spoken = spoken
        self._known: dict[tuple[str, int | None], Programme | None] = {}

    def programme(self, identifier: str, version: int | None = None) -> str:
        """A programme's title; its identifier when it is unknown."""
        found = self._found(identifier, version)
        return found.title.to(self.spoken) if found else identifier

    def stage(self, programme: str, stage: str, version: int | None = None) -> str:
        """A stage's title; its name when it is unknown."""
        found = [self._found(programme, version)] if version else library.versions(programme)
        known = next((each.stages[stage] for each in found if each and stage in each.stages), None)
        return known.title.to(self.spoken) if known else stage

    def _found(self, identifier: str, version: int | None) -> Programme | None:
        key = identifier, version
        if key not in self._known:
            try:
                self._known[key] = library.programme(identifier, version)
            except NotFound:
                self._known[key] = None
        return self._known[key]


def titles() -> Titles:
    """The titles of programmes and of their stages, in the language spoken here."""
    return Titles(language.language())
