"""What a leading office owes on a stage that came back stands in every list and number of what is owed and late."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from services.monitoring.flow import api as flow_api
from services.monitoring.flow import pages as flow_pages
from services.monitoring.flow import summing
from services.monitoring.flow.rules import At
from services.monitoring.oversight import api, pages
from shared.events import intake, referrals
from shared.identity.rules import Role
from shared.kernel import clock, ids
from shared.storage import Database
from shared.storage.clock import advance
from shared.web.factory import create_app
from tests.browsing import Browser, an_officer, bearer
from tests.monitoring import stories
from tests.monitoring.stories import Story

FLOW = "/monitoring/v1/bappeda/programmes/kube-kaltim-2023/flow"
DAYS = timedelta(days=1)
GIVEN = 7
"""Days that a decision may take in these stories."""
NO = {"reason": "no-budget", "suggestion": "offer-elsewhere"}
CLOSED: dict[intake.StuckBecause, tuple[type[referrals.ReferralEvent], dict[str, str]]] = {
    intake.StuckBecause.DECLINED: (referrals.ReferralDeclined, NO),
    intake.StuckBecause.RETURNED: (referrals.ReferralReturned, NO),
    intake.StuckBecause.UNANSWERED: (referrals.ReferralUnanswered, {}),
}


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


def ask(app: Flask, address: str) -> Any:
    who = an_officer(Role.COORDINATOR, office="bappeda-kaltim")
    answer = app.test_client().get(address, headers=bearer(who))
    assert answer.status_code == 200, answer.text
    return answer.json


def came_back(story: Story, ago: int, why: intake.StuckBecause = intake.StuckBecause.DECLINED) -> dict[str, Any]:
    """A stage that came back so many days ago; says what every event of the decision says."""
    at = clock.now() - ago * DAYS
    journey = stories.journey(story, at=at - DAYS)
    if why is intake.StuckBecause.CONSENT_MISSING:
        about = {"journey_id": journey, "referral_id": ids.new_id(), "stage": "proposal", "office": "dinsos-kaltim"}
        never_offered = {"agency": "dinsos", "attempt": 1}
    else:
        about, never_offered = stories.offer(story, journey, "proposal", at - DAYS), {}
        event, said = CLOSED[why]
        story.tell("grants", event(**about, **said), at)
    stuck = {name: about[name] for name in ("journey_id", "referral_id", "stage")}
    story.tell("intake", intake.StageStuck(**stuck, why=why, accountable_office="dinsos-kaltim", **never_offered), at)
    return stories.owe(story, about, at, days=GIVEN)


@pytest.fixture
def told(monitoring_db: Database) -> dict[str, UUID]:
    """One decision that is owed, one that is late, one that was taken late and one in time."""
    story, now = Story(), clock.now()
    owed = {"owed": came_back(story, 1), "late": came_back(story, GIVEN + 3)}
    for name, ago, day in (("kept", 6, 2), ("broken", 20, 1)):
        owed[name] = came_back(story, ago)
        stories.complete(story, "intake", owed[name], "offered-again", now - day * DAYS)
        again = {"journey_id": owed[name]["journey_id"], "stage": "proposal", "at": now - day * DAYS}
        stories.offer(story, *again.values(), days=40, attempt=2)
    stories.hear(monitoring_db, story.heard)
    return {name: each["referral_id"] for name, each in owed.items()}


def test_it_stands_on_the_red_list_under_the_leading_office(app: Flask, told: dict[str, UUID]) -> None:
    rows = {
        each["referral_id"]: each
        for each in ask(app, "/monitoring/v1/bappeda/red-list?every=true&office=dinsos-kaltim")["items"]
    }
    assert set(rows) == {str(told["owed"]), str(told["late"])}
    late = rows[str(told["late"])]
    assert (late["agency"], late["office"], late["sender_office"]) == ("dinsos", "dinsos-kaltim", "dinsos-kukar")
    assert (late["is_decision"], late["is_overdue"], late["stage"]) == (True, True, "proposal")
    assert [each["referral_id"] for each in ask(app, "/monitoring/v1/bappeda/red-list?used=100")["items"]] == [
        str(told["late"])
    ]
    page = (
        Browser(app, an_officer(Role.COORDINATOR, office="bappeda-kaltim"))
        .get("/monitoring/bappeda/red-list?every=true")
        .text
    )
    assert page.count("To decide: ") == 2


def test_it_is_waiting_and_late_on_the_dashboard_and_between_offices(app: Flask, told: dict[str, UUID]) -> None:
    board = ask(app, "/monitoring/v1/bappeda/dashboard")
    pairs = {(each["sender_office"], each["office"]): each for each in board["handovers"]}
    owed = pairs["dinsos-kukar", "dinsos-kaltim"]
    assert (owed["waiting"], owed["overdue"], owed["oldest_days"]) == (2, 1, GIVEN + 3)
    assert [each["referral_id"] for each in board["late"]] == [str(told["late"])]
    flow = ask(app, FLOW)
    assert ("dinsos-kaltim", 2, 1) in [(each["office"], each["waiting"], each["overdue"]) for each in flow["waiting"]]


def test_the_map_counts_it_once(app: Flask, told: dict[str, UUID]) -> None:
    (proposal,) = [each for each in ask(app, FLOW)["stages"] if each["stage"] == "proposal"]
    assert (proposal["stuck"], proposal["overdue"], proposal["pressing"], proposal["open"]) == (2, 1, 2, 2)
    assert proposal["entered"] == 4
    for state in At:
        listed = ask(
            app, f"/monitoring/v1/bappeda/journeys?programme=kube-kaltim-2023&version=1&stage=proposal&state={state}"
        )
        assert len(listed["items"]) == proposal[state.replace("-", "_")], state


def test_it_is_a_promise_of_the_leading_office(app: Flask, told: dict[str, UUID]) -> None:
    closed = ask(app, "/monitoring/v1/bappeda/promises?office=dinsos-kaltim")["items"]
    assert {each["referral_id"]: each["kept"] for each in closed} == {
        str(told["kept"]): True,
        str(told["broken"]): False,
    }
    assert {each["outcome"] for each in closed} == {"offered-again"}


@pytest.mark.parametrize("why", intake.StuckBecause)
def test_whatever_it_is_owed_for_has_a_date(app: Flask, monitoring_db: Database, why: intake.StuckBecause) -> None:
    story = Story()
    about = came_back(story, 1, why)
    stories.hear(monitoring_db, story.heard)
    (owed,) = ask(app, f"/monitoring/v1/bappeda/journeys/{about['journey_id']}")["owed"]
    assert (owed["is_decision"], owed["office"]) == (True, "dinsos-kaltim")
    assert owed["until"] is not None


@pytest.mark.parametrize("end", ["withdrawn", "journey ended"])
def test_what_is_not_wanted_any_more_is_owed_by_nobody(app: Flask, monitoring_db: Database, end: str) -> None:
    story = Story()
    about = came_back(story, GIVEN + 1)
    if end == "withdrawn":
        story.tell("intake", referrals.ReferralWithdrawn(**about), clock.now())
    else:
        over = {"outcome": intake.JourneyOutcome.STOPPED, "ended_on": clock.today()}
        story.tell("intake", intake.JourneyEnded(journey_id=about["journey_id"], **over), clock.now())
    stories.hear(monitoring_db, story.heard)
    assert ask(app, "/monitoring/v1/bappeda/red-list?every=true")["items"] == []
    assert ask(app, "/monitoring/v1/bappeda/promises?office=dinsos-kaltim")["items"] == []


def test_a_new_day_makes_it_late(app: Flask, told: dict[str, UUID], monitoring_db: Database) -> None:
    advance([monitoring_db], GIVEN * DAYS)
    (proposal,) = [each for each in ask(app, FLOW)["stages"] if each["stage"] == "proposal"]
    assert (proposal["overdue"], proposal["pressing"]) == (2, 2)


def test_its_story_says_what_was_decided(app: Flask, told: dict[str, UUID], monitoring_db: Database) -> None:
    story = Story()
    about = came_back(story, 3)
    stories.complete(story, "intake", about, "offered-again", clock.now())
    stories.hear(monitoring_db, story.heard)
    page = Browser(app, an_officer(Role.OFFICER)).get(f"/monitoring/dinsos/journeys/{about['journey_id']}").text
    for said in ("The leading office owes a decision", "the decision: Completed", "offered again"):
        assert said in page
    with monitoring_db.reading() as session:
        assert list(summing.differences(session)) == []
