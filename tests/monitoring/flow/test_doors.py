"""What officers and programs are shown: the numbers, the lists behind them, and one journey's story."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from services.monitoring import versions
from services.monitoring.flow import api, commands, pages, summing
from services.monitoring.flow.rules import At
from services.monitoring.worker import WORKS
from shared.bus import Heard
from shared.events import intake, referrals
from shared.identity.rules import Role
from shared.kernel import clock, numbers
from shared.kernel.ids import new_id
from shared.kernel.settings import settings
from shared.privacy import sealed as seals
from shared.privacy.looks import Look
from shared.programmes import library
from shared.programmes.layout import layout_of
from shared.referrals import handed_on
from shared.referrals.handlers import hear_stages_offered
from shared.referrals.work import by_kind
from shared.storage import Database
from shared.storage.clock import advance
from shared.web.factory import create_app
from tests import counting
from tests.browsing import Browser, an_officer, bearer
from tests.monitoring import stories
from tests.programmes_of import published_in
from tests.shared.referrals.offers import heard, offer

FLOW = "/monitoring/v1/dinsos/programmes/kube-kaltim-2023/flow"


@pytest.fixture
def app(monitoring_db: Database) -> Flask:
    made = create_app("monitoring", blueprints=[api.blueprint], pages=[pages.pages], database=monitoring_db)
    made.testing = True
    return made


@pytest.fixture
def told(monitoring_db: Database) -> dict[str, UUID]:
    """Four journeys: one graduated, one new at the proposal, one overdue there, one in another kabupaten."""
    now = clock.now()
    story = stories.whole_journey()
    graduated = story.heard[1].event.journey_id
    new, late = stories.journey(story, at=now), stories.journey(story, at=now - timedelta(days=20))
    elsewhere = stories.journey(story, at=now, area="64.07.01.2001")
    stories.offer(story, new, "proposal", now)
    overdue = stories.offer(story, late, "proposal", now - timedelta(days=20))
    story.tell("grants", referrals.ReferralAccepted(**overdue), now - timedelta(days=19))
    stories.offer(story, elsewhere, "formation", now - timedelta(days=8))
    stories.hear(monitoring_db, story.heard)
    return {"graduated": graduated, "new": new, "late": late, "elsewhere": elsewhere}


def ask(app: Flask, address: str, **officer: Any) -> Any:
    answer = app.test_client().get(address, headers=bearer(an_officer(**officer)))
    assert answer.status_code == 200, answer.text
    return answer.json


def test_the_map_counts_every_stage(app: Flask, told: dict[str, UUID]) -> None:
    flow = ask(app, FLOW)
    stages = {stage["stage"]: stage for stage in flow["stages"]}
    proposal = stages["proposal"]
    assert {
        name: proposal[name] for name in ("waiting", "active", "open", "overdue", "due_soon", "done", "entered")
    } == {
        "waiting": 1,
        "active": 1,
        "open": 2,
        "overdue": 1,
        "due_soon": 0,
        "done": 1,
        "entered": 3,
    }
    assert stages["formation"]["due_soon"] == 1
    assert stages["file_check"]["outcomes"] == {"eligible": 1, "mend": 1}
    assert stages["briefing"]["skipped"] == 1
    assert stages["proposal"]["median_working_days"] is not None
    (waiting,) = [each for each in flow["waiting"] if each["stage"] == "proposal"]
    assert (waiting["office"], waiting["waiting"], waiting["overdue"]) == ("dinsos-kukar", 2, 1)
    assert flow["funds"][0]["realised"] == 15_000_000


def test_a_second_chance_is_counted_on_the_line_back(app: Flask, told: dict[str, UUID]) -> None:
    edges = {(each["source"], each["target"]): each for each in ask(app, FLOW)["edges"]}
    back = edges["file_check", "proposal"]
    assert back["is_return"]
    assert back["journeys"] == 1
    assert edges["formation", "proposal"]["journeys"] == 3


@pytest.mark.parametrize("state", At)
def test_every_number_is_the_length_of_the_list_behind_it(app: Flask, told: dict[str, UUID], state: At) -> None:
    for stage in ask(app, FLOW)["stages"]:
        query = f"programme=kube-kaltim-2023&version=1&stage={stage['stage']}&state={state}"
        listed = ask(app, f"/monitoring/v1/dinsos/journeys?{query}")
        assert len(listed["items"]) == stage[state.replace("-", "_")], (stage["stage"], state)


def test_a_list_by_ending_and_by_outcome(app: Flask, told: dict[str, UUID]) -> None:
    graduated = ask(app, "/monitoring/v1/dinsos/journeys?state=graduated")["items"]
    assert [each["journey"]["id"] for each in graduated] == [str(told["graduated"])]
    mended = ask(app, "/monitoring/v1/dinsos/journeys?stage=file_check&state=done&outcome=mend")["items"]
    assert len(mended) == 1
    assert ask(app, "/monitoring/v1/dinsos/journeys?state=refused") == {"items": [], "next": None}


def test_lists_go_on_page_by_page(app: Flask, told: dict[str, UUID]) -> None:
    first = ask(app, "/monitoring/v1/dinsos/journeys?limit=3")
    second = ask(app, f"/monitoring/v1/dinsos/journeys?limit=3&after={first['next']}")
    found = [each["journey"]["id"] for each in first["items"] + second["items"]]
    assert sorted(found) == sorted(map(str, told.values()))


def test_an_officer_sees_the_journeys_of_her_own_areas(app: Flask, told: dict[str, UUID]) -> None:
    kubar = an_officer(areas=("64.07",))
    listed = app.test_client().get("/monitoring/v1/dinsos/journeys", headers=bearer(kubar)).json
    assert [each["journey"]["id"] for each in listed["items"]] == [str(told["elsewhere"])]
    hidden = app.test_client().get(f"/monitoring/v1/dinsos/journeys/{told['new']}", headers=bearer(kubar))
    assert hidden.status_code == 404


def test_a_story_says_who_owes_what_until_when(app: Flask, told: dict[str, UUID]) -> None:
    story = ask(app, f"/monitoring/v1/dinsos/journeys/{told['late']}")
    (owed,) = story["owed"]
    assert (owed["stage"], owed["office"], owed["is_decision"]) == ("proposal", "dinsos-kukar", False)
    assert [line["type"] for line in story["timeline"]] == ["journey-opened", "stage-offered", "referral-accepted"]
    assert ask(app, f"/monitoring/v1/dinsos/journeys/{told['graduated']}")["owed"] == []


def test_what_came_back_is_owed_a_decision_until_it_is_offered_anew(app: Flask, monitoring_db: Database) -> None:
    whole = stories.whole_journey()
    stuck_at = next(n for n, each in enumerate(whole.heard) if "stage-stuck" in each.envelope["type"])
    one = whole.heard[1].event.journey_id
    stories.hear(monitoring_db, whole.heard[: stuck_at + 1])
    (owed,) = ask(app, f"/monitoring/v1/dinsos/journeys/{one}")["owed"]
    assert (owed["is_decision"], owed["office"], owed["until"]) == (True, "dinsos-kaltim", None)
    stories.hear(monitoring_db, whole.heard[stuck_at + 1 : stuck_at + 2])
    (owed,) = ask(app, f"/monitoring/v1/dinsos/journeys/{one}")["owed"]
    assert (owed["is_decision"], owed["office"], owed["stage"]) == (True, "dinsos-kaltim", "file_check")
    assert owed["until"] is not None
    assert len(ask(app, "/monitoring/v1/dinsos/journeys?stage=file_check&state=stuck")["items"]) == 1
    offered_at = next(n for n in range(stuck_at, len(whole.heard)) if "offered" in whole.heard[n].envelope["type"])
    stories.hear(monitoring_db, whole.heard[stuck_at + 2 : offered_at + 1])
    (owed,) = ask(app, f"/monitoring/v1/dinsos/journeys/{one}")["owed"]
    assert owed["is_decision"] is False
    assert ask(app, "/monitoring/v1/dinsos/journeys?stage=file_check&state=stuck")["items"] == []


def test_a_journey_that_moved_counts_in_its_new_version(
    app: Flask, told: dict[str, UUID], monitoring_db: Database
) -> None:
    story = stories.Story()
    story.tell("intake", intake.JourneyMoved(journey_id=told["late"], version=2), clock.now())
    stories.hear(monitoring_db, story.heard)
    listed = {
        version: {
            each["journey"]["id"] for each in ask(app, f"/monitoring/v1/dinsos/journeys?version={version}")["items"]
        }
        for version in (1, 2)
    }
    assert listed[2] == {str(told["late"])}
    assert str(told["late"]) not in listed[1]
    stages = {each["stage"]: each for each in ask(app, FLOW)["stages"]}
    assert stages["proposal"]["overdue"] == 0
    story = ask(app, f"/monitoring/v1/dinsos/journeys/{told['late']}")
    assert (story["journey"]["version"], story["timeline"][-1]["type"]) == (2, "journey-moved")
    with monitoring_db.reading() as session:
        assert list(summing.differences(session)) == []


def test_each_row_is_called_as_its_own_version_calls_it(
    app: Flask, told: dict[str, UUID], monitoring_db: Database, tmp_path: Path
) -> None:
    shutil.copytree(settings().programmes_path, tmp_path / "programmes")
    first = (tmp_path / "programmes" / "kube-kaltim-2023.yaml").read_text(encoding="utf-8")
    second = first.replace("version: 1\n", "version: 2\n", 1)
    for before in (library.programme("kube-kaltim-2023").title.en, "Proposal and itemised budget"):
        assert before in second
        second = second.replace(before, f"{before} (mended)")
    (tmp_path / "programmes" / "kube-kaltim-2023-2.yaml").write_text(second, encoding="utf-8")
    story = stories.Story()
    story.tell("intake", intake.JourneyMoved(journey_id=told["late"], version=2), clock.now())
    stories.hear(monitoring_db, story.heard)
    officer = Browser(app, an_officer(Role.OFFICER))
    with published_in(tmp_path / "programmes"):
        pages = {name: officer.get(f"/monitoring/dinsos/journeys/{told[name]}").text for name in ("new", "late")}
        rows = officer.get("/monitoring/dinsos/journeys?stage=proposal").text.split("<tbody>")[1]
    assert "Proposal and itemised budget (mended)" in pages["late"]
    assert "mended" not in pages["new"]
    assert (rows.count("Proposal and itemised budget (mended)"), rows.count("Proposal and itemised budget<")) == (1, 1)


@pytest.fixture
def two_versions(told: dict[str, UUID], monitoring_db: Database, tmp_path: Path) -> Iterator[None]:
    """Version 2 has another title; the late journey has moved to it."""
    shutil.copytree(settings().programmes_path, tmp_path / "programmes")
    first = (tmp_path / "programmes" / "kube-kaltim-2023.yaml").read_text(encoding="utf-8")
    second = first.replace("version: 1\n", "version: 2\n", 1)
    title = library.programme("kube-kaltim-2023").title.en
    second = second.replace(title, f"{title} (mended)")
    (tmp_path / "programmes" / "kube-kaltim-2023-2.yaml").write_text(second, encoding="utf-8")
    story = stories.Story()
    story.tell("intake", intake.JourneyMoved(journey_id=told["late"], version=2), clock.now())
    stories.hear(monitoring_db, story.heard)
    with published_in(tmp_path / "programmes"):
        yield


KUBE = "kube-kaltim-2023"


@pytest.mark.usefixtures("two_versions")
@pytest.mark.parametrize("asked", ["", "1", "2"])
def test_no_version_asked_means_all_of_them_on_the_map_and_in_its_lists(app: Flask, asked: str) -> None:
    version = f"version={asked}" if asked else ""
    flow = ask(app, f"{FLOW}?{version}")
    assert flow["version"] == (int(asked) if asked else None)
    open_now = 0
    for stage in flow["stages"]:
        for state in ("open", "overdue", "done"):
            query = f"programme={KUBE}&{version}&stage={stage['stage']}&state={state}"
            listed = ask(app, f"/monitoring/v1/dinsos/journeys?{query}")["items"]
            assert len(listed) == stage[state], (stage["stage"], state)
            assert {each["journey"]["version"] for each in listed} <= ({int(asked)} if asked else {1, 2})
        open_now += stage["open"]
    assert open_now == {"": 3, "1": 2, "2": 1}[asked]
    page = Browser(app, an_officer(Role.OFFICER)).get(f"/monitoring/dinsos/programmes/{KUBE}?{version}").text
    assert ("version=0" in page) is False
    assert f'programmes/{KUBE}?version=2"' in page or asked == "2"


@pytest.mark.usefixtures("two_versions")
def test_a_stage_that_only_an_earlier_version_has_stays_on_the_map_of_all(tmp_path: Path) -> None:
    whole = versions.asked(KUBE, None)
    assert whole.version == versions.ALL
    newest, first = versions.of(whole)
    assert (newest.version, first.version) == (2, 1)
    missing = replace(newest, stages={name: each for name, each in newest.stages.items() if name != "graduation"})
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(library, "versions", lambda _: [missing, first])
        both = versions.asked(KUBE, None)
    assert list(both.stages) == [*missing.stages, "graduation"]
    assert {box.name for box in layout_of(both).boxes} == set(first.stages)


def test_the_story_says_who_passed_a_referral_to_whom_and_a_replay_does_not_forget_it(
    app: Flask, told: dict[str, UUID], monitoring_db: Database
) -> None:
    story, (her, colleague) = stories.Story(), (new_id(), new_id())
    about = {"journey_id": told["late"], "referral_id": new_id(), "stage": "proposal", "agency": "dinsos"}
    passed = referrals.ReferralReassigned(
        **about, office="dinsos-kukar", handed_by=her, handed_from=her, handed_to=colleague, handed_at=clock.now()
    )
    one = story.tell("grants", passed, clock.now())
    one.part = seals.seal("grants", "monitoring", {"names": {"by": "Rahmah", "from": "Rahmah", "to": "Dewi"}}, one.id)
    stories.hear(monitoring_db, story.heard)
    address = f"dinsos/journeys/{told['late']}"
    assert "Rahmah passed it on to Dewi" in Browser(app, an_officer(Role.OFFICER)).get(f"/monitoring/{address}").text
    again = stories.Story()
    again.heard = [replace_part(each) for each in story.heard]  # the sealed part is erased by now
    with monitoring_db.transaction() as session:
        commands.reset(session)
    stories.hear(monitoring_db, again.heard)
    with monitoring_db.reading() as session:
        (row,) = handed_on.of_journey(session, told["late"])
    assert (row["by"], row["from"], row["to"], row["to_name"]) == (her, her, colleague, "Dewi")


def replace_part(heard: Heard[Any]) -> Heard[Any]:
    return Heard(heard.event, heard.source, heard.subscriber, heard.position, heard.envelope)


def test_dates_that_were_counted_anew_count_in_story_and_figures(
    app: Flask, told: dict[str, UUID], monitoring_db: Database
) -> None:
    (before,) = ask(app, f"/monitoring/v1/dinsos/journeys/{told['late']}")["owed"]
    story, now = stories.Story(), clock.now()
    turn = ask(app, f"/monitoring/v1/dinsos/journeys/{told['late']}")["turns"][-1]
    counted = intake.StageRescheduled(
        journey_id=told["late"],
        referral_id=UUID(turn["referral_id"]),
        stage="proposal",
        does="grants.goods-proposal",
        agency="dinsos",
        office="dinsos-kukar",
        remind_at=now + timedelta(days=1),
        due_at=now + timedelta(days=2),
        due_before=now - timedelta(days=1),
        decree_number="100/1/2026",
        decreed_on=clock.today(),
    )
    story.tell("intake", counted, now)
    for _ in range(2):
        stories.hear(monitoring_db, story.heard)
    address = f"dinsos/journeys/{told['late']}"
    (owed,) = ask(app, f"/monitoring/v1/{address}")["owed"]
    assert owed["until"] > before["until"]
    assert {stage["stage"]: stage["overdue"] for stage in ask(app, FLOW)["stages"]}["proposal"] == 0
    assert "Decree 100/1/2026" in Browser(app, an_officer(Role.OFFICER)).get(f"/monitoring/{address}").text
    with monitoring_db.reading() as session:
        assert list(summing.differences(session)) == []


def test_numbers_follow_the_domains_clock(app: Flask, told: dict[str, UUID], monitoring_db: Database) -> None:
    advance([monitoring_db], timedelta(days=30))
    stages = {stage["stage"]: stage for stage in ask(app, FLOW)["stages"]}
    assert stages["proposal"]["overdue"] == 2


@pytest.mark.parametrize(
    "address",
    [
        "/monitoring/dinsos/programmes",
        "/monitoring/dinsos/programmes/kube-kaltim-2023",
        "/monitoring/dinsos/programmes/kube-kaltim-2023/live",
        "/monitoring/dinsos/journeys?programme=kube-kaltim-2023&stage=proposal&state=overdue",
    ],
)
def test_pages_hold_neither_scripts_nor_styles_of_their_own(app: Flask, told: dict[str, UUID], address: str) -> None:
    page = Browser(app, an_officer(Role.OFFICER)).get(address)
    assert page.status_code == 200, page.text
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*src=)", page.text)


def test_every_link_on_the_map_leads_to_a_list(app: Flask, told: dict[str, UUID]) -> None:
    browser = Browser(app, an_officer(Role.OFFICER))
    page = browser.get("/monitoring/dinsos/programmes/kube-kaltim-2023").text
    links = set(re.findall(r'href="(/monitoring/dinsos/journeys[^"]+)"', page))
    assert len(links) > 10
    for link in links:
        listed = browser.get(link.replace("&amp;", "&"))
        assert listed.status_code == 200
        assert "No journey is here" not in listed.text


def test_a_journeys_page_tells_its_story(app: Flask, told: dict[str, UUID]) -> None:
    browser = Browser(app, an_officer(Role.OFFICER))
    page = browser.get(f"/monitoring/dinsos/journeys/{told['graduated']}").text
    assert "Graduated" in page
    assert "Overdue: the coordinator was told" in page
    assert page.count("The members of the group were counted") == 2
    assert "6 members" in page
    assert browser.get(f"/monitoring/dinsos/journeys/{new_id()}").status_code == 404


def test_a_coordinator_of_another_agency_may_look(app: Flask, told: dict[str, UUID]) -> None:
    coordinator = an_officer(Role.COORDINATOR, office="bappeda-kaltim")
    assert app.test_client().get(FLOW, headers=bearer(coordinator)).status_code == 200
    officer = an_officer(Role.OFFICER, office="bappeda-kaltim")
    assert app.test_client().get(FLOW, headers=bearer(officer)).status_code == 403


def test_a_program_that_asks_for_an_unknown_state_is_told_which_there_are(app: Flask, told: dict[str, UUID]) -> None:
    answer = app.test_client().get("/monitoring/v1/dinsos/journeys?state=lost", headers=bearer(an_officer()))
    assert answer.status_code == 422
    assert "due-soon" in answer.text


@pytest.mark.parametrize("typed", ["{0}", "{1}", "nomor {0}", "{2}"])
def test_a_journey_is_found_by_its_number(app: Flask, told: dict[str, UUID], typed: str) -> None:
    shown = numbers.of(told["new"])
    asked = typed.format(shown, shown.replace("-", ""), shown[-5:].replace("-", ""))
    page = Browser(app, an_officer(Role.COORDINATOR)).get(f"/monitoring/dinsos/journeys?number={asked}").text
    assert shown in page
    assert page.count("/monitoring/dinsos/journeys/") == 1
    found = app.test_client().get(
        "/monitoring/v1/dinsos/journeys", headers=bearer(an_officer(Role.COORDINATOR)), query_string={"number": asked}
    )
    assert [each["journey"]["number"] for each in found.json["items"]] == [shown]


NARROWED = [
    ("", {"graduated", "new", "late", "elsewhere"}),
    ("area=64.07", {"elsewhere"}),
    ("area=64.02&state=open", {"new", "late"}),
    ("stage=proposal", {"graduated", "new", "late"}),
    ("stage=proposal&state=overdue", {"late"}),
    ("stage=formation&area=64.07.01.2001", {"elsewhere"}),
    ("programme=wrse-kaltim-2023", set()),
    ("programme=kube-kaltim-2023&state=graduated", {"graduated"}),
    ("number={new}", {"new"}),
    ("number={new}&area=64.07", set()),
    ("journey_id={ids}", {"new", "late"}),
    ("journey_id={ids}&state=overdue", {"late"}),
]


@pytest.mark.parametrize(("asked", "found"), NARROWED)
def test_the_list_is_narrowed_alike_by_page_and_by_program(
    app: Flask, told: dict[str, UUID], asked: str, found: set[str]
) -> None:
    query = asked.format(new=numbers.plain(told["new"]), ids=f"{told['new']},{told['late']}")
    listed = ask(app, f"/monitoring/v1/dinsos/journeys?{query}")["items"]
    assert {each["journey"]["id"] for each in listed} == {str(told[each]) for each in found}
    page = Browser(app, an_officer()).get(f"/monitoring/dinsos/journeys?{query}").text
    assert {name for name, each in told.items() if f"/journeys/{each}" in page} == found
    assert counting.Page(page).rows == len(found)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("state=refused", {"new", "late", "elsewhere"}),
        ("state=refused&because=file_check", {"new"}),
        ("state=refused&because=proposal", {"late"}),
        ("state=refused&because=-", {"elsewhere"}),
        ("because=training", set()),
    ],
)
def test_why_others_left_leads_to_those_whom_that_stage_decided(
    app: Flask, monitoring_db: Database, told: dict[str, UUID], asked: str, found: set[str]
) -> None:
    story = stories.Story()
    for name, because in (("new", "file_check"), ("late", "proposal"), ("elsewhere", None)):
        over = {"outcome": intake.JourneyOutcome.REFUSED, "ended_on": clock.today(), "because": because}
        story.tell("intake", intake.JourneyEnded(journey_id=told[name], **over), clock.now())
    stories.hear(monitoring_db, story.heard)
    listed = ask(app, f"/monitoring/v1/dinsos/journeys?{asked}")["items"]
    assert {each["journey"]["id"] for each in listed} == {str(told[each]) for each in found}
    page = Browser(app, an_officer()).get(f"/monitoring/dinsos/journeys?{asked}").text
    assert counting.Page(page).rows == len(found)


@pytest.fixture
def named(monitoring_db: Database, told: dict[str, UUID]) -> None:
    """The office was told who is on two of the journeys, for a stage of its own here; another office of the third."""
    given = [
        (told["new"], "dinsos-kaltim", "Sri Wahyuningsih"),
        (told["late"], "dinsos-kaltim", "KUBE Wahyu Bersama"),
        (told["graduated"], "dinsos-kukar", "Wahyu Lain"),
    ]
    for journey, office, name in given:
        about = offer(
            journey_id=journey, office=office, does="monitoring.visits", stage="monitoring", settings={"months": [3]}
        )
        with monitoring_db.transaction() as session:
            hear_stages_offered(session, [heard(about, {"name": name})], works=by_kind(WORKS))


@pytest.mark.parametrize(
    ("typed", "found"), [("wahyu", {"new", "late"}), ("SRI wahyu", {"new"}), ("lain", set()), ("Siti", set())]
)
def test_a_journey_is_found_by_the_name_that_the_office_was_told(
    app: Flask, monitoring_db: Database, told: dict[str, UUID], named: None, typed: str, found: set[str]
) -> None:
    browser = Browser(app, an_officer())
    answer = browser.submit("/monitoring/dinsos/journeys/search?area=64.02", {"name": typed})
    assert answer.status_code == 303
    assert typed.rsplit(maxsplit=1)[-1].casefold() not in answer.location.casefold()
    page = browser.get(answer.location).text
    if found:
        assert {name for name, each in told.items() if f"/journeys/{each}" in page} == found
        assert "Wahyu" in page
    else:
        assert answer.location == "/monitoring/dinsos/journeys?area=64.02"
        assert "told of nobody here" in page
    assert "Wahyu Lain" not in page
    said = app.test_client().post(
        "/monitoring/v1/dinsos/journeys/search", headers=bearer(an_officer()), json={"name": typed}
    )
    assert {each["journey"]["id"] for each in said.json["items"]} == {str(told[each]) for each in found}
    assert all("ahyu" in each["name"] for each in said.json["items"])
    with monitoring_db.reading() as session:
        assert set(session.scalars(select(Look.why))) <= {"list of journeys", "search by name"}


def test_whoever_only_looks_on_searches_no_names(app: Flask, told: dict[str, UUID], named: None) -> None:
    looks_on = an_officer(Role.COORDINATOR, office="bappeda-kaltim")
    browser = Browser(app, looks_on)
    page = browser.get("/monitoring/bappeda/journeys").text
    assert "ahyu" not in page
    assert "/journeys/search" not in page
    assert browser.submit("/monitoring/bappeda/journeys/search", {"name": "wahyu"}).status_code == 403
    refused = app.test_client().post(
        "/monitoring/v1/bappeda/journeys/search", headers=bearer(looks_on), json={"name": "wahyu"}
    )
    assert refused.status_code == 403


def test_what_is_no_number_narrows_no_list_and_is_said(app: Flask, told: dict[str, UUID]) -> None:
    page = Browser(app, an_officer(Role.COORDINATOR)).get("/monitoring/dinsos/journeys?number=Siti").text
    assert "Not a journey&#39;s number" in page
    assert page.count("/monitoring/dinsos/journeys/") > 1
