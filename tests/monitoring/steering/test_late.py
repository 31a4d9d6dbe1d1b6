"""An explanation that does not come is told on, stands where both would look, and is named where nobody was told."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from services.monitoring.steering.jobs import escalate_explanations
from services.monitoring.steering.models import CoordinatorAsk
from services.operate.audit import audit
from shared.bus.audit import Gravity
from shared.events.monitoring import ExplanationLate
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock
from shared.outages.rules import OUTAGE_AFTER
from shared.storage import Database
from shared.storage.clock import advance
from tests.announcements import announced
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.monitoring.steering.test_steering import COORDINATOR, OFFICE, Waiting

COLLEAGUE = an_officer(Role.COORDINATOR, office="bappeda-kaltim")
SECOND = timedelta(seconds=1)


@pytest.fixture
def waiting(databases: dict[str, Database]) -> Waiting:
    return Waiting(databases["monitoring"])


def late(waiting: Waiting) -> CoordinatorAsk:
    """An explanation whose day has just passed."""
    ask = waiting.ask()
    assert ask.due_at is not None
    advance([waiting.base], ask.due_at - clock.now() + SECOND)
    return ask


def told(waiting: Waiting) -> list[Any]:
    escalate_explanations.ring(waiting.base)
    return [each for each in announced(waiting.base) if isinstance(each, ExplanationLate)]


def rows(waiting: Waiting, who: Officer) -> list[tuple[str, str, str]]:
    client = web_app("monitoring", waiting.base).test_client()
    answer = client.get(f"/monitoring/v1/{who.agency}/desk", headers=bearer(who)).json
    assert answer is not None
    return [
        (each["kind"], each["lateness"], each["address"]) for each in answer["rows"] if "explanation" in each["kind"]
    ]


def silent(databases: dict[str, Database]) -> list[str]:
    return [each.what for each in audit(databases) if each.where == "explanations" and each.gravity is Gravity.BROKEN]


def test_whoever_asked_is_told_once_and_not_before_the_day_has_passed(waiting: Waiting) -> None:
    ask = waiting.ask()
    assert told(waiting) == []
    assert ask.due_at is not None
    advance([waiting.base], ask.due_at - clock.now() - timedelta(minutes=1))
    assert told(waiting) == []
    advance([waiting.base], timedelta(minutes=2))
    assert [(each.ask_id, each.office) for each in told(waiting)] == [(ask.id, "dinsos-kukar")]
    assert len(told(waiting)) == 1


@pytest.mark.parametrize("how", ["answered", "closed", "nudged"])
def test_nobody_is_told_of_what_is_not_owed(waiting: Waiting, how: str) -> None:
    if how == "nudged":
        waiting.nudge()
        advance([waiting.base], timedelta(days=30))
    else:
        late(waiting)
    if how == "answered":
        client = web_app("monitoring", waiting.base).test_client()
        address = f"/monitoring/v1/dinsos/asks/{waiting.seen()[0].id}/answer"
        assert client.post(address, json={"answer": "Menunggu RAB."}, headers=bearer(OFFICE)).status_code < 300
    if how == "closed":
        waiting.close()
    assert told(waiting) == []


def test_it_stands_at_whoever_owes_it_and_once_late_at_whoever_asked(waiting: Waiting) -> None:
    ask = waiting.ask()
    own = f"/monitoring/dinsos/asks/{ask.id}"
    assert rows(waiting, OFFICE) == [("explanation", "safe", own)]
    assert rows(waiting, COORDINATOR) == []
    assert ask.due_at is not None
    advance([waiting.base], ask.due_at - clock.now() + SECOND)
    told(waiting)
    assert rows(waiting, OFFICE) == [("explanation", "late", own)]
    steer = f"/monitoring/bappeda/journeys/{waiting.journey}/steer"
    for who in (COORDINATOR, COLLEAGUE):
        assert rows(waiting, who) == [("late-explanation", "late", steer)]
    for who in (
        an_officer(Role.COORDINATOR, office="bappeda-kukar"),
        an_officer(Role.COORDINATOR, office="bappeda-kaltim", areas=("64.07",)),
        an_officer(Role.OFFICER, office="dp3a-kukar"),
    ):
        assert rows(waiting, who) == []
    waiting.close()
    assert rows(waiting, OFFICE) == rows(waiting, COORDINATOR) == []


def test_both_pages_say_that_it_is_late_and_that_the_coordinator_was_told(waiting: Waiting) -> None:
    late(waiting)
    told(waiting)
    app = web_app("monitoring", waiting.base)
    for who, page in ((OFFICE, "/monitoring/dinsos/asks"), (COORDINATOR, "/monitoring/bappeda/asks")):
        said = Browser(app, who).get(page).text
        assert "Answer is late" in said
        assert "the coordinator was told on" in said
    told_of = app.test_client().get("/monitoring/v1/dinsos/asks", headers=bearer(OFFICE)).json
    assert told_of is not None
    assert told_of["items"][0]["escalated_at"] is not None


def test_the_audit_names_one_that_nobody_was_told_of(databases: dict[str, Database], waiting: Waiting) -> None:
    ask = late(waiting)
    assert silent(databases) == []  # the bell has a moment to ring
    advance([waiting.base], OUTAGE_AFTER)
    (found,) = silent(databases)
    assert found.startswith(f"dinsos-kukar owes the explanation {ask.id} on journey {waiting.journey}")
    assert "bappeda-kaltim, which asked, was not told" in found
    told(waiting)
    assert silent(databases) == []
    with waiting.base.transaction() as session:
        session.execute(update(CoordinatorAsk).values(escalated_at=None))
    assert len(silent(databases)) == 1
    waiting.close()
    assert silent(databases) == []
