"""What waits at the start for whoever looks on, and what meetings gave an office to do."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from shared.identity.rules import Role
from shared.kernel import clock
from shared.storage import Database
from tests.apps import web_app
from tests.browsing import an_officer, bearer
from tests.monitoring import stories
from tests.monitoring.meetings.test_meetings import DP3A
from tests.monitoring.meetings.test_tasks import a_task

COORDINATOR = an_officer(Role.COORDINATOR, office="bappeda-kaltim")


@pytest.fixture
def app(monitoring_db: Database) -> Flask:
    made = web_app("monitoring", monitoring_db)
    made.testing = True
    return made


@pytest.fixture
def journeys(monitoring_db: Database) -> dict[str, UUID]:
    """One that is late, and one that has time."""
    now, story = clock.now(), stories.Story()
    found = {}
    for name, since in (("late", timedelta(days=20)), ("new", timedelta())):
        found[name] = stories.journey(story, at=now - since)
        stories.offer(story, found[name], "proposal", now - since)
    stories.hear(monitoring_db, story.heard)
    return found


def lines(app: Flask, who: object, agency: str) -> list[dict[str, str]]:
    answer = app.test_client().get(f"/monitoring/v1/{agency}/desk", headers=bearer(who)).json  # type: ignore[arg-type]
    assert answer["total"] == len(answer["rows"])
    return answer["rows"]  # type: ignore[no-any-return]


def test_whoever_looks_on_sees_what_is_late_and_where_she_can_act(app: Flask, journeys: dict[str, UUID]) -> None:
    (row,) = lines(app, COORDINATOR, "bappeda")
    assert (row["kind"], row["lateness"]) == ("late-stage", "late")
    assert row["address"] == f"/monitoring/bappeda/journeys/{journeys['late']}"
    assert row["act"] == "Dinas Sosial Kabupaten Kutai Kartanegara"
    elsewhere = an_officer(Role.COORDINATOR, office="bappeda-kaltim", areas=("64.07",))
    assert lines(app, elsewhere, "bappeda") == []


def test_an_officer_is_not_shown_what_other_offices_owe(app: Flask, journeys: dict[str, UUID]) -> None:
    assert lines(app, an_officer(Role.OFFICER, office="dinsos-kaltim"), "dinsos") == []


def test_a_task_waits_at_the_office_that_was_given_it_until_it_is_done_or_comes_back(app: Flask) -> None:
    task = a_task(app)
    (row,) = lines(app, DP3A, "dp3a")
    assert (row["kind"], row["address"]) == ("task", f"/monitoring/dp3a/tasks#finish-{task}")
    assert row["due_at"] is not None
    back = {"reason": "Bukan tugas kami."}
    answer = app.test_client().post(f"/monitoring/v1/dp3a/tasks/{task}/return", json=back, headers=bearer(DP3A))
    assert answer.status_code == 200, answer.text
    assert lines(app, DP3A, "dp3a") == []
    (row,) = lines(app, COORDINATOR, "bappeda")
    assert (row["kind"], row["address"]) == ("returned-tasks", "/monitoring/bappeda/tasks?returned=true")
