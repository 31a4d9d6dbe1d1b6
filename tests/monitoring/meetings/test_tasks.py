"""A task of a meeting ends with the journey that it is about, and can be given back to whoever gave it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from services.monitoring.meetings import queries
from services.monitoring.meetings.jobs import end_tasks
from shared.events import intake
from shared.identity.rules import Role
from shared.kernel import clock
from shared.storage import Database
from shared.storage.clock import advance
from tests.apps import web_app
from tests.browsing import Browser, an_officer
from tests.monitoring import stories
from tests.monitoring.meetings.test_meetings import BAPPEDA, DP3A, call, convene, decide, hold, items, told

TASKS = "/monitoring/dp3a/tasks"


@pytest.fixture
def app(monitoring_db: Database) -> Flask:
    made = web_app("monitoring", monitoring_db)
    made.testing = True
    return made


def overdue_journey(base: Database) -> UUID:
    """A journey whose stage is late, so that it comes on an agenda."""
    story = stories.Story()
    journey = stories.journey(story)
    stories.offer(story, journey, "proposal", stories.START)
    stories.hear(base, story.heard)
    return journey


def end(base: Database, journey: UUID, outcome: intake.JourneyOutcome = intake.JourneyOutcome.WITHDRAWN) -> None:
    story = stories.Story()
    told = intake.JourneyEnded(journey_id=journey, outcome=outcome, ended_on=clock.today())
    story.tell("intake", told, clock.now())
    stories.hear(base, story.heard)


def a_task(app: Flask, **about: Any) -> str:
    meeting = convene(app)
    task = told(decide(app, meeting, **about))
    told(hold(app, meeting))
    return str(task["id"])


def about_her(app: Flask, base: Database) -> tuple[str, UUID]:
    """A task that a meeting gave about a journey."""
    journey, meeting = overdue_journey(base), convene(app)
    item = next(each for each in items(app, meeting) if each["journey_id"] == str(journey))
    task = told(decide(app, meeting, item_id=item["id"]))
    told(hold(app, meeting))
    return str(task["id"]), journey


def owed(app: Flask) -> list[str]:
    return [each["id"] for each in told(call(app, DP3A, "GET", "tasks"))["items"]]


@pytest.mark.parametrize("outcome", intake.JourneyOutcome)
@pytest.mark.parametrize("before", ["open", "accepted", "returned"])
def test_however_a_journey_ends_nobody_owes_a_task_about_it(
    app: Flask, monitoring_db: Database, outcome: intake.JourneyOutcome, before: str
) -> None:
    task, journey = about_her(app, monitoring_db)
    if before == "accepted":
        told(call(app, DP3A, "POST", f"tasks/{task}/accept"))
    if before == "returned":
        told(call(app, DP3A, "POST", f"tasks/{task}/return", reason="Bukan tugas kami."))
    end(monitoring_db, journey, outcome)
    with monitoring_db.reading() as session:
        assert len(list(queries.audit(session))) == 1
    end_tasks.ring(monitoring_db)
    advance([monitoring_db], timedelta(days=60))
    assert owed(app) == told(call(app, DP3A, "GET", "tasks?overdue=true"))["items"] == []
    assert told(call(app, BAPPEDA, "GET", "tasks?returned=true"))["items"] == []
    assert told(call(app, BAPPEDA, "GET", f"meetings/{convene(app)}"))["from_before"] == []
    for act, given in (("accept", {}), ("finish", {"note": "x y"}), ("return", {"reason": "x y z"})):
        assert call(app, DP3A, "POST", f"tasks/{task}/{act}", **given).json["code"] == "task-is-over", act
    with monitoring_db.reading() as session:
        assert list(queries.audit(session)) == []


def test_other_tasks_go_on(app: Flask, monitoring_db: Database) -> None:
    task, journey = about_her(app, monitoring_db)
    other, _ = about_her(app, monitoring_db)
    general = a_task(app)
    end(monitoring_db, journey)
    end_tasks.ring(monitoring_db)
    assert set(owed(app)) == {other, general}
    assert task not in owed(app)


def test_a_done_task_stays_done(app: Flask, monitoring_db: Database) -> None:
    task, journey = about_her(app, monitoring_db)
    told(call(app, DP3A, "POST", f"tasks/{task}/finish", note="Sudah dikunjungi."))
    end(monitoring_db, journey)
    end_tasks.ring(monitoring_db)
    (done,) = told(call(app, DP3A, "GET", "tasks?done=true"))["items"]
    assert (done["id"], done["state"]) == (task, "done")


def test_an_ended_journey_leaves_the_agendas_of_meetings_to_come_unless_something_was_decided(
    app: Flask, monitoring_db: Database
) -> None:
    journey = overdue_journey(monitoring_db)
    ahead, today = convene(app, days=7), convene(app)
    (item,) = items(app, today)
    told(decide(app, today, item_id=item["id"]))
    end(monitoring_db, journey)
    refused = decide(app, today, item_id=item["id"])
    assert (refused.status_code, set(refused.json["errors"])) == (422, {"item_id"})
    end_tasks.ring(monitoring_db)
    assert items(app, ahead) == []
    assert len(items(app, today)) == 1
    told(hold(app, today))
    end_tasks.ring(monitoring_db)
    assert owed(app) == []


def test_a_task_goes_back_with_a_reason_and_another_office_gets_it(app: Flask, monitoring_db: Database) -> None:
    task = a_task(app)
    assert call(app, DP3A, "POST", f"tasks/{task}/return", reason=" ").status_code == 422
    told(call(app, DP3A, "POST", f"tasks/{task}/return", reason="Bukan kewenangan kami."))
    assert owed(app) == []
    (back,) = told(call(app, BAPPEDA, "GET", "tasks?returned=true"))["items"]
    assert (back["id"], back["returned_because"]) == (task, "Bukan kewenangan kami.")
    assert [each["id"] for each in told(call(app, BAPPEDA, "GET", f"meetings/{convene(app)}"))["from_before"]] == [task]
    advance([monitoring_db], timedelta(days=30))
    assert told(call(app, BAPPEDA, "GET", "tasks?returned=true"))["items"][0]["is_overdue"]
    later = (clock.today() + timedelta(days=40)).isoformat()
    given = {"office": "dinsos-kukar", "due_on": later}
    told(call(app, BAPPEDA, "POST", f"tasks/{task}/pass-on", **given))
    dinsos = an_officer(Role.OFFICER, office="dinsos-kukar")
    (now,) = told(call(app, dinsos, "GET", "tasks"))["items"]
    assert (now["id"], now["state"], now["due_on"], now["returned_because"]) == (task, "open", later, None)
    assert now["accepted_at"] is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"office": "dinsos-mataram", "due_on": "2999-01-01"}, "office"),
        ({"office": "dinsos-kukar", "due_on": "2020-01-01"}, "due_on"),
        ({"office": "dinsos-kukar"}, "due_on"),
        ({"due_on": "2999-01-01"}, "office"),
    ],
)
def test_where_it_cannot_go_it_stays(app: Flask, given: dict[str, str], field: str) -> None:
    task = a_task(app)
    told(call(app, DP3A, "POST", f"tasks/{task}/return", reason="Bukan kewenangan kami."))
    refused = call(app, BAPPEDA, "POST", f"tasks/{task}/pass-on", **given)
    assert (refused.status_code, set(refused.json["errors"])) == (422, {field})
    assert len(told(call(app, BAPPEDA, "GET", "tasks?returned=true"))["items"]) == 1


def test_only_who_has_it_gives_it_back_and_only_who_gave_it_passes_it_on(app: Flask) -> None:
    task = a_task(app)
    given = {"office": "dinsos-kukar", "due_on": "2999-01-01"}
    assert call(app, BAPPEDA, "POST", f"tasks/{task}/return", reason="Bukan kami.").status_code == 404
    assert call(app, BAPPEDA, "POST", f"tasks/{task}/pass-on", **given).json["code"] == "task-is-over"
    assert call(app, BAPPEDA, "POST", f"tasks/{task}/strike").json["code"] == "task-is-over"
    told(call(app, DP3A, "POST", f"tasks/{task}/return", reason="Bukan kami."))
    assert call(app, DP3A, "POST", f"tasks/{task}/return", reason="Bukan kami.").json["code"] == "task-is-over"
    stranger = an_officer(Role.OFFICER, office="bappeda-mataram")
    assert call(app, stranger, "POST", f"tasks/{task}/pass-on", **given).status_code == 404
    assert call(app, DP3A, "POST", f"tasks/{task}/pass-on", **given).status_code in (403, 404)
    assert told(call(app, BAPPEDA, "POST", f"tasks/{task}/strike"))["state"] == "ended"
    assert call(app, BAPPEDA, "POST", f"tasks/{task}/strike").json["code"] == "task-is-over"


def test_the_pages_do_the_same(app: Flask) -> None:
    task = a_task(app)
    office, convener = Browser(app, DP3A), Browser(app, BAPPEDA)
    assert f"{TASKS}/{task}/return" in office.get(TASKS).text
    assert "Menjawab rujukan." in office.get(f"{TASKS}/{task}/return").text
    assert office.submit(f"{TASKS}/{task}/return", {"reason": ""}).status_code == 422
    assert office.submit_twice(f"{TASKS}/{task}/return", {"reason": "Bukan tugas kami."}).status_code == 303
    assert office.get(f"{TASKS}/{task}/return").status_code == 404
    address = "/monitoring/bappeda/tasks"
    assert "1 task came back to your office" in convener.get("/monitoring/bappeda/desk").text
    assert f"{address}/{task}/pass-on" in convener.get(address).text
    assert f"{task}/pass-on" not in office.get(TASKS).text
    listed = convener.get(f"{address}?returned=true").text
    assert "Given back: Bukan tugas kami." in listed
    assert f"{address}/{task}/pass-on" in listed
    form = convener.get(f"{address}/{task}/pass-on").text
    assert "dinsos-kukar" in form
    assert "dinsos-mataram" not in form
    assert convener.submit(f"{address}/{task}/pass-on", {"office": "dinsos-kukar"}).status_code == 422
    day = clock.today().isoformat()
    assert convener.submit(f"{address}/{task}/pass-on", {"office": "dp3a-kukar", "due_on": day}).status_code == 303
    assert "1 task came back" not in convener.get("/monitoring/bappeda/desk").text
    office.submit_twice(f"{TASKS}/{task}/return", {"reason": "Bukan tugas kami."})
    assert convener.submit_twice(f"{address}/{task}/strike").status_code == 303
    assert convener.get(f"{address}?returned=true").text.count(f"{task}") == 0


@pytest.mark.parametrize(
    "spoilt",
    [
        "state = 'returned'",
        "state = 'ended'",
        "returned_at = now()",
        "ended_at = now()",
        "state = 'given up'",
    ],
)
def test_the_database_refuses_what_must_never_be(app: Flask, monitoring_db: Database, spoilt: str) -> None:
    a_task(app)
    with pytest.raises(Exception, match="violates check constraint"), monitoring_db.transaction() as session:
        session.execute(text(f"UPDATE meeting_task SET {spoilt}"))
