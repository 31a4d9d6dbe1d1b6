"""A meeting from its invitation to its tasks, through the endpoint and through the pages."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from services.monitoring.meetings import queries
from services.monitoring.worker import FIGURES, WORKS
from shared.bus.replay import rewind
from shared.events.intake import StageOffered, StageStuck, StuckBecause
from shared.events.referrals import ReferralAccepted, ReferralCompleted
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock
from shared.referrals.handlers import hear_stages_offered, hear_stages_withdrawn
from shared.referrals.work import by_kind
from shared.storage import Database
from shared.storage.clock import advance
from tests.announcements import announced
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.monitoring import stories
from tests.shared.referrals import offers

KNOWN = by_kind(WORKS)
BAPPEDA = an_officer(Role.OFFICER, office="bappeda-kukar")
DP3A = an_officer(Role.OFFICER, office="dp3a-kukar")
CAME = {"bappeda-kukar": 2, "dp3a-kukar": 1}
OWN_MEMORY = ("meeting", "agenda_item", "meeting_attendance", "meeting_task", "referral")


@pytest.fixture
def app(monitoring_db: Database) -> Flask:
    made = web_app("monitoring", monitoring_db)
    made.testing = True
    return made


def waits(base: Database, **changes: Any) -> StageOffered:
    about: dict[str, Any] = {
        "programme": "pemberdayaan-kukar",
        "stage": "meeting",
        "does": "monitoring.meeting",
        "agency": "bappeda",
        "office": "bappeda-kukar",
        "settings": {"every": 3},
    }
    event = offers.offer(**about | changes)
    for _twice in range(2):
        with base.transaction() as session:
            hear_stages_offered(session, [offers.heard(event, {}, by="monitoring")], works=KNOWN)
    return event


def call(app: Flask, officer: Officer, method: str, path: str, **body: Any) -> Any:
    address = f"/monitoring/v1/{officer.agency}/{path}"
    return app.test_client().open(
        address, method=method, json=None if method == "GET" else body, headers=bearer(officer)
    )


def told(answer: Any) -> Any:
    assert answer.status_code < 300, answer.text
    return answer.json


def convene(app: Flask, days: int = 0, **changes: Any) -> str:
    day = (clock.today() + timedelta(days=days)).isoformat()
    given = {"meets_on": day, "place": "Ruang rapat", "area": "64.02", "programmes": []}
    return str(told(call(app, BAPPEDA, "POST", "meetings", **given | changes))["id"])


def items(app: Flask, meeting: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = told(call(app, BAPPEDA, "GET", f"meetings/{meeting}/agenda?limit=200"))["items"]
    return found


def decide(app: Flask, meeting: str, **changes: Any) -> Any:
    due = (clock.today() + timedelta(days=14)).isoformat()
    given = {"decision": "Menjawab rujukan.", "office": "dp3a-kukar", "due_on": due}
    return call(app, BAPPEDA, "POST", f"meetings/{meeting}/decisions", **given | changes)


def hold(app: Flask, meeting: str, **changes: Any) -> Any:
    return call(
        app, BAPPEDA, "POST", f"meetings/{meeting}/hold", **{"minutes": "Dibahas.", "attendance": CAME} | changes
    )


def troubles() -> stories.Story:
    """An overdue stage, an unanswered one, one that was declined, a stalled business and a fund that is nearly used."""
    story, day = stories.whole_journey(), timedelta(days=1)
    story.tell("grants", stories.moved(realised=550_000_000), stories.START + 500 * day)
    stories.offer(story, stories.journey(story), "proposal", stories.START)
    for why in (StuckBecause.UNANSWERED, StuckBecause.DECLINED):
        journey = stories.journey(story)
        about = stories.offer(story, journey, "decision", stories.START)
        stuck = StageStuck(
            journey_id=journey,
            referral_id=about["referral_id"],
            stage="decision",
            why=why,
            accountable_office="dinsos-kaltim",
        )
        closed = "unanswered" if why is StuckBecause.UNANSWERED else "declined"
        step = {"unanswered": stories.referrals.ReferralUnanswered, "declined": stories.referrals.ReferralDeclined}
        more = {} if closed == "unanswered" else {"reason": "no-budget", "suggestion": "end-journey"}
        story.tell("grants", step[closed](**about, **more), stories.START + day)
        story.tell("intake", stuck, stories.START + 2 * day)
    visited = stories.offer(story, stories.journey(story), "monitoring", stories.START, days=40_000)
    story.tell(
        "monitoring",
        stories.monitoring.VisitRecorded(
            **visited,
            number=1,
            month=3,
            due_on=stories.START.date(),
            visited_on=stories.START.date(),
            condition="stalled",
            goods="broken",
            omzet=0,
            profit=0,
            cause="market",
        ),
        stories.START + 90 * day,
    )
    return story


def test_an_agenda_is_made_of_what_waits_and_of_what_does_not_move(app: Flask, monitoring_db: Database) -> None:
    stories.hear(monitoring_db, troubles().heard)
    event = waits(monitoring_db)
    waits(monitoring_db, area="64.07.01.2001")
    waits(monitoring_db, office="bappeda-kaltim")
    meeting = convene(app)
    listed = items(app, meeting)
    assert [each["reason"] for each in listed] == ["waiting", "overdue", "unanswered", "stuck", "stalled", "fund"]
    assert listed[0]["referral_id"] == str(event.referral_id)
    assert told(call(app, BAPPEDA, "POST", f"meetings/{meeting}/agenda"))["agenda"][0] == {
        "reason": "waiting",
        "items": 1,
    }
    assert len(items(app, meeting)) == 6
    narrow = convene(app, programmes=["wrse-kaltim-2023"])
    assert items(app, narrow) == []


def test_a_confidential_conversation_never_comes_on_an_agenda(app: Flask, monitoring_db: Database) -> None:
    story = stories.Story()
    for stage in ("protection", "skills"):
        journey = stories.journey(story)
        stories.offer(story, journey, stage, stories.START)
    for each in story.heard:
        if "programme" in each.envelope["data"]:
            each.envelope["data"]["programme"] = "pemberdayaan-kukar"
    stories.hear(monitoring_db, story.heard)
    assert [each["stage"] for each in items(app, convene(app))] == ["skills"]


def test_holding_a_meeting_discusses_all_that_waits_in_one_go(app: Flask, monitoring_db: Database) -> None:
    waiting = [waits(monitoring_db) for _ in range(3)]
    told(call(app, BAPPEDA, "POST", f"referrals/{waiting[0].referral_id}/accept"))
    meeting = convene(app)
    first = next(each for each in items(app, meeting) if each["referral_id"] == str(waiting[0].referral_id))
    for _ in range(2):
        told(decide(app, meeting, item_id=first["id"]))
    struck = told(decide(app, meeting))
    assert call(app, BAPPEDA, "POST", f"meetings/{meeting}/decisions/{struck['id']}/strike").status_code == 204
    assert told(call(app, DP3A, "GET", "tasks"))["items"] == []
    held = told(hold(app, meeting))
    assert (held["state"], len(held["decisions"]), len(held["attendance"])) == ("held", 2, 2)
    done = {each.referral_id: each for each in announced(monitoring_db) if isinstance(each, ReferralCompleted)}
    assert {key: (each.outcome, each.facts["decisions"]) for key, each in done.items()} == {
        waiting[0].referral_id: ("discussed", 2),
        waiting[1].referral_id: ("discussed", 0),
        waiting[2].referral_id: ("discussed", 0),
    }
    assert sum(isinstance(each, ReferralAccepted) for each in announced(monitoring_db)) == 3
    with monitoring_db.reading() as session:
        assert list(queries.audit(session)) == []
    again = hold(app, meeting)
    assert (again.status_code, again.json["code"]) == (409, "meeting-closed")


@pytest.mark.parametrize(
    ("what", "changes", "code", "field"),
    [
        ("decide", {"due_on": "2001-01-01"}, "due-before-meeting", "due_on"),
        ("decide", {"office": "dinsos-mataram"}, "office-not-concerned", "office"),
        ("decide", {"item_id": str(UUID(int=1))}, "not-on-agenda", "item_id"),
        ("hold", {"attendance": {"bappeda-kukar": 4}}, "one-agency-only", "attendance"),
        ("hold", {"attendance": {"dinsos-mataram": 4}}, "office-not-concerned", "attendance"),
        ("hold", {"minutes": ""}, "invalid", "minutes"),
    ],
)
def test_what_cannot_be_is_refused_on_its_field(
    app: Flask, monitoring_db: Database, what: str, changes: dict[str, Any], code: str, field: str
) -> None:
    meeting = convene(app)
    answer = (decide if what == "decide" else hold)(app, meeting, **changes)
    assert (answer.status_code, answer.json["code"]) == (422, code), answer.text
    assert field in answer.json["errors"]
    assert told(call(app, BAPPEDA, "GET", f"meetings/{meeting}"))["state"] == "planned"


def test_a_meeting_to_come_cannot_be_held_and_another_offices_cannot_be_seen(app: Flask) -> None:
    meeting = convene(app, days=3)
    assert hold(app, meeting).json["code"] == "meeting-ahead"
    stranger = an_officer(Role.OFFICER, office="bappeda-mataram")
    assert call(app, stranger, "POST", f"meetings/{meeting}/agenda").status_code == 404
    assert call(app, BAPPEDA, "POST", "meetings", meets_on="2026-01-01", place="x", area="52").status_code == 403


def test_a_task_is_accepted_finished_and_told_to_the_next_meeting_until_then(
    app: Flask, monitoring_db: Database
) -> None:
    first = convene(app)
    told(decide(app, first))
    told(hold(app, first))
    (task,) = told(call(app, DP3A, "GET", "tasks"))["items"]
    assert told(call(app, DP3A, "GET", "tasks?overdue=true"))["items"] == []
    advance([monitoring_db], timedelta(days=30))
    with monitoring_db.reading():
        (late,) = told(call(app, DP3A, "GET", "tasks?overdue=true"))["items"]
    assert late["is_overdue"]
    second = convene(app)
    assert [each["id"] for each in told(call(app, BAPPEDA, "GET", f"meetings/{second}"))["from_before"]] == [task["id"]]
    assert call(app, BAPPEDA, "POST", f"tasks/{task['id']}/accept").status_code == 404
    for _twice in range(2):
        assert told(call(app, DP3A, "POST", f"tasks/{task['id']}/accept"))["state"] == "accepted"
    other = an_officer(Role.HEAD, office="dp3a-kukar")
    assert call(app, other, "POST", f"tasks/{task['id']}/accept").json["code"] == "task-with-another"
    assert told(call(app, DP3A, "POST", f"tasks/{task['id']}/finish", note="Selesai."))["state"] == "done"
    assert told(call(app, BAPPEDA, "GET", f"meetings/{second}"))["from_before"] == []
    assert told(call(app, DP3A, "GET", "tasks?done=true"))["items"][0]["note"] == "Selesai."


def test_the_audit_finds_what_a_meeting_on_record_left_behind(app: Flask, monitoring_db: Database) -> None:
    event, meeting = waits(monitoring_db), convene(app)
    told(decide(app, meeting))
    with monitoring_db.transaction() as session:
        session.execute(text("UPDATE meeting SET held_at = now(), held_by = id, minutes = ''"))
    with monitoring_db.reading() as session:
        found = list(queries.audit(session))
    assert len(found) == 2
    assert str(event.referral_id) in found[0]


def test_two_who_put_a_meeting_on_record_at_once_do_it_once(app: Flask, monitoring_db: Database) -> None:
    waits(monitoring_db)
    meeting = convene(app)
    with ThreadPoolExecutor(2) as pool:
        answers = sorted(each.status_code for each in pool.map(lambda _: hold(app, meeting), range(2)))
    assert answers == [200, 409]
    assert sum(isinstance(each, ReferralCompleted) for each in announced(monitoring_db)) == 1


def test_what_is_withdrawn_leaves_the_agenda_and_what_came_too_late_is_noted_alone(
    app: Flask, monitoring_db: Database
) -> None:
    gone, meeting = waits(monitoring_db), convene(app)
    meeting = convene(app)
    for _twice in range(2):
        with monitoring_db.transaction() as session:
            hear_stages_withdrawn(session, [offers.heard(offers.withdrawal(gone), by="monitoring")], works=KNOWN)
    assert items(app, meeting) == []
    late = waits(monitoring_db)
    told(hold(app, meeting))
    told(call(app, BAPPEDA, "POST", f"referrals/{late.referral_id}/accept"))
    work = told(call(app, BAPPEDA, "GET", f"referrals/{late.referral_id}"))["work"]
    assert [each["id"] for each in work["held"]] == [meeting]
    wrong = call(app, BAPPEDA, "POST", f"referrals/{late.referral_id}/complete", meeting_id=str(UUID(int=1)))
    assert (wrong.status_code, wrong.json["code"]) == (422, "not-discussed-there")
    done = told(call(app, BAPPEDA, "POST", f"referrals/{late.referral_id}/complete", meeting_id=meeting))
    assert done["outcome"] == "discussed"


def test_a_replay_of_the_read_model_touches_neither_meetings_nor_tasks(app: Flask, monitoring_db: Database) -> None:
    stories.hear(monitoring_db, troubles().heard)
    waits(monitoring_db)
    meeting = convene(app)
    told(decide(app, meeting, item_id=items(app, meeting)[1]["id"]))
    told(hold(app, meeting))

    def remembered() -> list[Any]:
        with monitoring_db.reading() as session:
            return [session.execute(text(f"SELECT * FROM {each} ORDER BY 1, 2")).all() for each in OWN_MEMORY]

    before = remembered()
    assert all(before)
    with monitoring_db.transaction() as session:
        rewind(session, FIGURES)
    with monitoring_db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM stage_figure")) == 0
    assert remembered() == before


def test_the_pages_do_the_same(app: Flask, monitoring_db: Database) -> None:
    stories.hear(monitoring_db, troubles().heard)
    waits(monitoring_db)
    browser, address = Browser(app, BAPPEDA), "/monitoring/bappeda/meetings"
    offered = browser.get(f"{address}/new").text
    assert ('value="pemberdayaan-kukar"' in offered, 'value="kusiapp-mataram"' in offered) == (True, False)
    assert browser.submit(address, {"meets_on": "", "place": "x", "area": "64.02"}).status_code == 422
    form = {"meets_on": clock.today().isoformat(), "place": "Ruang rapat", "area": "64.02"}
    one = browser.submit(address, form).location
    page = browser.get(one).text
    assert "Fund nearly used" in page
    assert "Waits for this meeting" in page
    decision = {"decision": "Mengunjungi", "office": "dp3a-kukar", "due_on": clock.today().isoformat()}
    assert browser.submit(f"{one}/decisions", decision).status_code == 303
    assert browser.submit(f"{one}/hold", {"minutes": "Dibahas."}).status_code == 422
    held = browser.submit(
        f"{one}/hold", {"minutes": "Dibahas.", "attendance.dp3a-kukar": "2", "attendance.bappeda-kukar": ""}
    )
    assert held.status_code == 303
    assert "Dibahas." in browser.get(one).text
    assert "Held" in browser.get(address).text
    at_dp3a = Browser(app, DP3A)
    tasks = "/monitoring/dp3a/tasks"
    assert "Mengunjungi" in at_dp3a.get(tasks).text
    task = told(call(app, DP3A, "GET", "tasks"))["items"][0]["id"]
    assert at_dp3a.submit(f"{tasks}/{task}/accept").status_code == 303
    assert at_dp3a.submit(f"{tasks}/{task}/finish", {"note": ""}).status_code == 422
    assert at_dp3a.submit(f"{tasks}/{task}/finish", {"note": "Selesai."}).status_code == 303
    assert "Selesai." in at_dp3a.get(f"{tasks}?done=true").text


def test_a_waiting_referrals_page_says_when_the_next_meeting_is(app: Flask, monitoring_db: Database) -> None:
    event, browser = waits(monitoring_db), Browser(app, BAPPEDA)
    address = f"/monitoring/bappeda/referrals/{event.referral_id}"
    browser.submit(f"{address}/accept")
    assert "No meeting is planned" in browser.get(address).text
    convene(app, days=2)
    assert "It stands on the agenda" in browser.get(address).text


@pytest.mark.parametrize(
    ("office", "offered"),
    [
        ("bappeda-kukar", {"kube-kaltim-2023", "pemberdayaan-kukar", "usaha-mikro-kaltim-2023", "wrse-kaltim-2023"}),
        ("bappeda-mataram", {"kusiapp-mataram"}),
        ("bappeda-tangsel", {"p2wkss-tangsel"}),
    ],
)
def test_a_meeting_is_convened_about_programmes_of_the_offices_own_region(
    app: Flask, office: str, offered: set[str]
) -> None:
    convener = an_officer(Role.OFFICER, office=office)
    page = Browser(app, convener).get(f"/monitoring/{convener.agency}/meetings/new").text
    assert set(re.findall(r'name="programmes\[\]" value="([^"]+)"', page)) == offered
