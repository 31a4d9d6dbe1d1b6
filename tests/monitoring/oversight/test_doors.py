"""What the dashboard tells, as a page and as JSON: the same numbers, each as long as the list behind it."""

import re
import shutil
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from services.monitoring.flow import api as flow_api
from services.monitoring.flow import pages as flow_pages
from services.monitoring.oversight import api, charts, freshness, pages, promises
from shared.events import intake, referrals
from shared.identity.rules import Role
from shared.kernel import clock
from shared.kernel.settings import settings
from shared.programmes import library
from shared.storage import Database
from shared.web.factory import create_app
from tests import counting
from tests.browsing import Browser, an_officer, bearer
from tests.monitoring import stories
from tests.programmes_of import published_in

PROGRAMME = stories.PROGRAMME
DASHBOARD = "/monitoring/v1/bappeda/dashboard"
PAGE = "/monitoring/bappeda/dashboard"


@pytest.fixture
def app(monitoring_db: Database) -> Flask:
    made = create_app(
        "monitoring",
        blueprints=[api.blueprint, flow_api.blueprint],
        pages=[pages.pages, flow_pages.pages],
        database=monitoring_db,
    )
    made.testing = True
    return made


@pytest.fixture
def told(monitoring_db: Database) -> dict[str, UUID]:
    """One journey that graduated, one that is late at the proposal, one that is new there, one in Kutai Barat."""
    now = clock.now()
    story = stories.whole_journey()
    new = stories.journey(story, at=now)
    late = stories.journey(story, at=now - timedelta(days=20))
    elsewhere = stories.journey(story, at=now, area="64.07.01.2001")
    stories.offer(story, new, "proposal", now)
    overdue = stories.offer(story, late, "proposal", now - timedelta(days=20))
    story.tell("grants", referrals.ReferralAccepted(**overdue), now - timedelta(days=19))
    stories.offer(story, elsewhere, "formation", now - timedelta(days=8))
    stories.hear(monitoring_db, story.heard)
    return {"new": new, "late": late, "elsewhere": elsewhere}


def ask(app: Flask, address: str, *roles: Role, **officer: Any) -> Any:
    who = an_officer(*(roles or (Role.COORDINATOR,)), office="bappeda-kaltim", **officer)
    answer = app.test_client().get(address, headers=bearer(who))
    assert answer.status_code == 200, answer.text
    return answer.json


def coordinator(app: Flask) -> Browser:
    return Browser(app, an_officer(Role.COORDINATOR, office="bappeda-kaltim"))


@pytest.mark.parametrize("asked", ["", "&version=1", "&version=2"])
def test_no_version_asked_means_all_of_them_on_the_dashboard_and_in_its_lists(
    app: Flask, told: dict[str, UUID], monitoring_db: Database, tmp_path: Path, asked: str
) -> None:
    story = stories.Story()
    story.tell("intake", intake.JourneyMoved(journey_id=told["late"], version=2), clock.now())
    stories.hear(monitoring_db, story.heard)
    shutil.copytree(settings().programmes_path, tmp_path / "programmes")
    first = (tmp_path / "programmes" / f"{PROGRAMME}.yaml").read_text(encoding="utf-8")
    second = first.replace("version: 1\n", "version: 2\n", 1)
    title = library.programme(PROGRAMME).title.en
    (tmp_path / "programmes" / "second.yaml").write_text(second.replace(title, "Mended"), encoding="utf-8")
    with published_in(tmp_path / "programmes"):
        found = ask(app, f"{DASHBOARD}?programme={PROGRAMME}{asked}")
        listed = ask(app, f"/monitoring/v1/bappeda/journeys?programme={PROGRAMME}{asked}&state=open")["items"]
        waiting = ask(app, f"/monitoring/v1/bappeda/red-list?every=true&programme={PROGRAMME}{asked}")["items"]
        page = coordinator(app).get(f"{PAGE}?programme={PROGRAMME}{asked}").text
        every = coordinator(app).get(PAGE).text
        red = coordinator(app).get(f"/monitoring/bappeda/red-list?every=true&programme={PROGRAMME}{asked}").text
    assert (
        sum(each["open"] for each in found["headlines"])
        == len(listed)
        == {"": 3, "&version=1": 2, "&version=2": 1}[asked]
    )
    assert sum(each["waiting"] for each in found["handovers"]) == len(waiting)
    assert found["one"]["version"] == (int(asked[-1]) if asked else None)
    assert "version=0" not in page
    assert re.search(r"Mended</a> <span[^>]*>version 2<", every)
    assert 'value="dinsos-kukar"' in red  # the offices that one can choose are those of all versions, too


def test_what_is_late_stands_first(app: Flask, told: dict[str, UUID]) -> None:
    (late,) = ask(app, DASHBOARD)["late"]
    assert late["journey_id"] == str(told["late"])
    assert late["is_overdue"]
    assert late["is_accepted"]
    assert 140 <= late["used"] <= 143
    every = ask(app, "/monitoring/v1/bappeda/red-list?every=true")["items"]
    assert [each["journey_id"] for each in every] == [str(told[name]) for name in ("late", "elsewhere", "new")]


def test_the_red_list_goes_on_where_its_page_ended(app: Flask, told: dict[str, UUID]) -> None:
    address, found = "/monitoring/v1/bappeda/red-list?every=true&limit=1", []
    while address:
        page = ask(app, address)
        found += [each["referral_id"] for each in page["items"]]
        address = page["next"] and f"/monitoring/v1/bappeda/red-list?every=true&limit=1&after={page['next']}"
    assert len(found) == len(set(found)) == 3


def test_the_red_list_is_narrowed_to_what_has_used_so_much_of_its_time(app: Flask, told: dict[str, UUID]) -> None:
    every = ask(app, "/monitoring/v1/bappeda/red-list?every=true")["items"]
    for percent in (1, 50, 80, 99, 100):
        found = ask(app, f"/monitoring/v1/bappeda/red-list?used={percent}")["items"]
        assert found == [each for each in every if each["used"] >= percent], percent


def test_the_red_list_shows_what_is_late_or_nearly_so_and_nothing_else(app: Flask, told: dict[str, UUID]) -> None:
    found = ask(app, "/monitoring/v1/bappeda/red-list")["items"]
    assert {each["journey_id"]: each["is_overdue"] or each["is_due_soon"] for each in found} == {
        str(told[name]): True for name in ("late", "elsewhere")
    }
    page = coordinator(app).get("/monitoring/bappeda/red-list").text
    assert str(told["new"]) not in page
    assert "In time" not in page
    assert str(told["new"]) in coordinator(app).get("/monitoring/bappeda/red-list?every=true").text


def test_an_empty_red_list_says_so(app: Flask, monitoring_db: Database) -> None:
    story = stories.whole_journey()
    stories.offer(story, stories.journey(story, at=clock.now()), "proposal", clock.now())
    stories.hear(monitoring_db, story.heard)
    page = coordinator(app).get("/monitoring/bappeda/red-list").text
    assert "Nothing is late or nearly so." in page
    assert "Show all open stages, also those on time" in page


def test_a_page_that_begins_nowhere_is_refused(app: Flask, told: dict[str, UUID]) -> None:
    who = bearer(an_officer(Role.COORDINATOR, office="bappeda-kaltim"))
    assert app.test_client().get("/monitoring/v1/bappeda/red-list?after=x", headers=who).status_code == 422


def test_every_hand_over_is_as_many_as_its_list(app: Flask, told: dict[str, UUID]) -> None:
    (handover,) = ask(app, DASHBOARD)["handovers"]
    assert (handover["waiting"], handover["overdue"], handover["oldest_days"]) == (3, 1, 20)
    pair = f"office={handover['office']}&sender_office={handover['sender_office']}"
    assert len(ask(app, f"/monitoring/v1/bappeda/red-list?{pair}&every=true")["items"]) == handover["waiting"]
    assert len(ask(app, f"/monitoring/v1/bappeda/red-list?{pair}&used=100")["items"]) == handover["overdue"]


def test_everybody_is_counted_in_her_kecamatan_and_only_who_may_sees_small_figures(
    app: Flask, told: dict[str, UUID]
) -> None:
    regions = {each["code"]: each for each in ask(app, DASHBOARD)["regions"]}
    tiles = {each["code"]: each for each in regions["64.02"]["tiles"]}
    assert tiles["64.02.05"]["people"] == regions["64.02"]["people"] == 15
    assert tiles["64.02.05"]["fairness"] == 20.0
    assert tiles["64.02.06"]["people"] == 0
    hidden = ask(app, DASHBOARD, Role.ADMINISTRATOR)["regions"]
    shown = {tile["code"]: tile["people"] for region in hidden for tile in region["tiles"]}
    assert shown["64.02.05"] == 15
    assert shown["64.02.06"] is None


def test_an_officer_sees_her_own_areas_alone(app: Flask, told: dict[str, UUID]) -> None:
    found = ask(app, DASHBOARD, areas=("64.07",))
    assert {each["code"] for each in found["regions"]} == {"64.07"}
    assert sum(each["open"] for each in found["headlines"]) == 1
    assert [each["waiting"] for each in found["handovers"]] == [1]


def test_the_funnel_follows_a_cohort(app: Flask, told: dict[str, UUID]) -> None:
    one = ask(app, f"{DASHBOARD}?programme={PROGRAMME}")["one"]
    funnel = one["funnel"]
    milestones = {each["name"]: each for each in funnel["milestones"]}
    assert funnel["total"] == sum(funnel["opened"].values()) == 4
    assert milestones["formation"]["total"] == 1
    assert milestones["formation"]["by_cohort"]["2023-03-01"] == 1
    assert milestones["graduated"]["percent"] == 25
    assert any(each["lately"] for each in one["edges"])
    few = ask(app, f"{DASHBOARD}?programme={PROGRAMME}", Role.ADMINISTRATOR)["one"]["funnel"]
    assert few["total"] is None
    assert all(each["total"] is None for each in few["milestones"])


def test_a_promise_that_was_kept_counts_in_the_month_in_which_it_was_closed(
    app: Flask, monitoring_db: Database
) -> None:
    now, story = clock.now(), stories.Story()
    for days, given in ((3, 14), (10, 5)):
        about = stories.offer(story, stories.journey(story, at=now), "proposal", now - timedelta(days=days), days=given)
        stories.complete(story, "grants", about, "submitted", now)
    stories.hear(monitoring_db, story.heard)
    (office,) = ask(app, DASHBOARD)["promises"]
    assert office["whole"] == {"closed": 2, "kept": 1, "percent": 50}
    assert office["months"][clock.today().replace(day=1).isoformat()]["closed"] == 2


@pytest.mark.parametrize("query", ["", f"?programme={PROGRAMME}"])
def test_every_number_on_the_page_leads_to_a_list(app: Flask, told: dict[str, UUID], query: str) -> None:
    browser = coordinator(app)
    page = browser.get(PAGE + query)
    assert page.status_code == 200
    leads = {
        each.replace("&amp;", "&") for each in re.findall(r'href="(/monitoring/bappeda/(?!guide)[^"]+)"', page.text)
    }
    assert len(leads) > 10
    for address in leads:
        assert browser.get(address).status_code == 200, address
    counted = counting.Page(page.text).counted
    assert len(counted) > 5
    assert counting.disagreements(lambda address: browser.get(address).text, counted) == []


def test_nothing_on_the_page_is_styled_or_scripted_in_line(app: Flask, told: dict[str, UUID]) -> None:
    page = coordinator(app).get(f"{PAGE}?programme={PROGRAMME}").text
    assert " style=" not in page
    assert not re.search(r"<script(?![^>]*src=)", page)


@pytest.mark.parametrize("name", ["money", "promises", "funnel"])
@pytest.mark.parametrize("narrow", ["", "&narrow=1"])
def test_a_chart_is_an_image_without_style_or_script(app: Flask, told: dict[str, UUID], name: str, narrow: str) -> None:
    answer = coordinator(app).get(f"{PAGE}/charts/{name}.svg?programme={PROGRAMME}{narrow}")
    assert answer.mimetype == "image/svg+xml"
    assert answer.text.startswith("<svg")
    assert "style=" not in answer.text
    assert "<script" not in answer.text
    assert not re.search(r'(?:href|src)="http', answer.text)


@pytest.mark.parametrize("name", ["money", "promises", "funnel"])
def test_the_page_keeps_free_the_very_place_that_a_chart_takes(
    app: Flask, told: dict[str, UUID], monitoring_db: Database, name: str
) -> None:
    now, story = clock.now(), stories.Story()
    about = stories.offer(story, stories.journey(story, at=now), "proposal", now - timedelta(days=3))
    stories.complete(story, "grants", about, "submitted", now)
    stories.hear(monitoring_db, story.heard)
    browser = coordinator(app)
    page = browser.get(f"{PAGE}?programme={PROGRAMME}").text
    places = re.findall(rf'(?:srcset|src)="([^"]+/charts/{name}\.svg[^"]+)"[^>]* width="(\d+)" height="(\d+)"', page)
    assert [int(width) for _, width, _ in places] == [charts.NARROW, charts.WIDE]
    for address, *kept in places:
        drawn = re.search(r'<svg[^>]* width="(\d+)" height="(\d+)"', browser.get(address.replace("&amp;", "&")).text)
        assert drawn
        assert list(drawn.groups()) == kept


@pytest.mark.parametrize("width", [charts.WIDE, charts.NARROW])
@pytest.mark.parametrize("number", [0, 10**9])
def test_a_chart_is_as_large_whatever_its_numbers_are(app: Flask, width: int, number: int) -> None:
    months = [date(2026, month, 1) for month in (10, 11, 12)]
    each = promises.Office("dinsos-kukar", "dinsos", dict.fromkeys(months, promises.Month(number, 0)), None)
    with app.test_request_context():
        spec = charts.promises(promises.Promises(tuple(months), (each,)), width)
        drawn = charts.drawn(spec)
    wide, high = charts.size_of(spec)
    assert f'width="{wide}" height="{high}"' in drawn


def test_a_chart_that_nobody_draws_is_not_found(app: Flask, told: dict[str, UUID]) -> None:
    assert coordinator(app).get(f"{PAGE}/charts/funnel.svg").status_code == 404
    assert coordinator(app).get(f"{PAGE}/charts/other.svg").status_code == 404


def test_the_parts_of_a_chart_differ_in_lightness() -> None:
    def lightness(colour: str) -> float:
        red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    paint = charts.colours()
    stacked = [lightness(paint[name]) for name in ("sea", "line-strong", "accent", "hook", "line")]
    assert all(abs(one - other) > 25 for one, other in pairwise(stacked))
    assert abs(lightness(paint["accent"]) - lightness(paint["hook"])) > 80


def test_a_page_that_shows_the_figures_already_is_sent_none(app: Flask, told: dict[str, UUID]) -> None:
    browser = coordinator(app)
    (address,) = re.findall(r'id="figures"[^>]*hx-get="([^"]+)"', browser.get(PAGE).text)
    assert browser.get(address.replace("&amp;", "&")).status_code == 204
    assert browser.get(f"{PAGE}/figures?known=other").status_code == 200


def test_the_figures_have_another_name_once_something_was_heard(app: Flask, monitoring_db: Database) -> None:
    with monitoring_db.reading() as session:
        before = freshness.state(session)
    with monitoring_db.transaction() as session:
        session.execute(
            freshness.Cursor.__table__.insert().values(  # type: ignore[attr-defined]
                subscriber=freshness.PROJECTION, source="intake", partition=0, position=7, hash=b"", applied=7
            )
        )
    with monitoring_db.reading() as session:
        assert freshness.state(session) != before


def test_every_office_of_her_areas_is_shown_with_what_it_last_did(app: Flask, told: dict[str, UUID]) -> None:
    said = {each["office"]: each["type"] for each in ask(app, DASHBOARD)["last_words"]}
    assert said == {"dinsos-kaltim": "referral-completed", "dinsos-kukar": "referral-accepted"}
    assert ask(app, DASHBOARD, areas=("36.74",))["last_words"] == []


def test_an_office_that_somebody_waits_for_and_that_has_said_nothing_stands_first(
    app: Flask, monitoring_db: Database
) -> None:
    story = stories.Story()
    stories.offer(story, stories.journey(story, at=clock.now()), "proposal", clock.now())
    stories.hear(monitoring_db, story.heard)
    assert ask(app, DASHBOARD)["last_words"] == [{"office": "dinsos-kukar", "type": "", "happened_at": None}]


def test_every_share_of_promises_leads_to_the_stages_that_were_closed(app: Flask, monitoring_db: Database) -> None:
    now, story = clock.now(), stories.Story()
    for days, given in ((3, 14), (10, 5), (2, 14)):
        about = stories.offer(story, stories.journey(story, at=now), "proposal", now - timedelta(days=days), days=given)
        stories.complete(story, "grants", about, "submitted", now)
    withdrawn = stories.offer(story, stories.journey(story, at=now), "proposal", now - timedelta(days=1))
    story.tell("grants", referrals.ReferralWithdrawn(**withdrawn), now)
    stories.hear(monitoring_db, story.heard)
    (office,) = ask(app, DASHBOARD)["promises"]
    listed = "/monitoring/v1/bappeda/promises"
    months = office["months"].items()
    for month, figures in months:
        asked = f"{listed}?office={office['office']}&month={month}"
        assert len(ask(app, asked)["items"]) == figures["closed"]
        assert len(ask(app, f"{asked}&kept=yes")["items"]) == figures["kept"]
    assert len(ask(app, f"{listed}?since={min(month for month, _ in months)}")["items"]) == 3
    (late,) = ask(app, f"{listed}?kept=no")["items"]
    assert (late["closed_as"], late["outcome"], late["kept"]) == ("completed", "submitted", False)
    assert ask(app, f"{listed}?programme=wrse-kaltim-2023")["items"] == []
    assert ask(app, listed, areas=("64.07",))["items"] == []
    first = ask(app, f"{listed}?limit=2")
    second = ask(app, f"{listed}?limit=2&after={first['next']}")
    assert len({each["referral_id"] for each in first["items"] + second["items"]}) == 3


def test_every_square_tells_of_the_journeys_behind_its_people(app: Flask, told: dict[str, UUID]) -> None:
    regions = ask(app, DASHBOARD)["regions"]
    for each in [each for region in regions for each in (region, *region["tiles"])]:
        listed = ask(app, f"/monitoring/v1/bappeda/journeys?area={each['code']}")["items"]
        assert len(listed) == each["journeys"]
    page = coordinator(app).get("/monitoring/bappeda/journeys?area=64.02.05").text
    assert "Journeys: 3. People in them: 15" in page


def test_the_page_works_where_nobody_has_set_out(app: Flask) -> None:
    assert coordinator(app).get(PAGE).status_code == 200
    assert coordinator(app).get(f"{PAGE}?programme={PROGRAMME}").status_code == 200
