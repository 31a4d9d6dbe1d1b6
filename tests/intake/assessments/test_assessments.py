"""Needs assessments through both doors: what is saved, what is told, and what leaves no trace."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text

from services.intake.assessments.models import Assessment
from services.intake.protection import jobs
from services.intake.protection.models import TalkRequest
from services.intake.worker import WORKS
from shared.events.referrals import ReferralCompleted
from shared.identity.rules import Role
from shared.kernel import clock
from shared.referrals import handlers
from shared.storage import Database
from tests.announcements import announced
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.intake.journeys.roads import Road, heard
from tests.intake.people import register
from tests.shared.referrals import offers

OFFERED = ["skills", "business", "cooperative", "work", "market"]
OFFICER = an_officer(Role.OFFICER)
LIST = "/intake/v1/dinsos/referrals"
PAGE = "/intake/dinsos/referrals"
HEAR = handlers.subscriber_hears(WORKS)


@pytest.fixture
def app(intake_db: Database) -> Flask:
    made = web_app("intake", intake_db)
    made.testing = True
    return made


def offered(base: Database, **changes: Any) -> tuple[UUID, UUID]:
    """An assessment of one woman, heard twice; gives the referral and the woman."""
    with base.transaction() as session:
        (woman,) = register(session)
    given = {"stage": "assessment", "does": "intake.assessment", "subject_id": woman, "settings": {"needs": OFFERED}}
    event = offers.offer(**{**given, "earlier": {}, **changes})
    for _twice in range(2):
        with base.transaction() as session:
            HEAR[type(event)].run(session, [offers.heard(event, {}, by="intake")])
    return event.referral_id, event.subject_id


def call(app: Flask, method: str, path: str, body: Any = None) -> Any:
    return app.test_client().open(f"{LIST}/{path}", method=method, json=body, headers=bearer(OFFICER))


def accepted(app: Flask, base: Database, **changes: Any) -> UUID:
    referral, _ = offered(base, **changes)
    assert call(app, "POST", f"{referral}/accept", {}).status_code == 200
    return referral


def said(*yes: str, talk: bool | None = None, **more: Any) -> dict[str, Any]:
    entries = [{"need": need, "found": need in yes, "note": f"tentang {need}"} for need in OFFERED]
    asked = {} if talk is None else {"talk": talk}
    return {"interviewed_on": clock.today().isoformat(), "answers": entries, **asked, **more}


def told(base: Database) -> tuple[str, dict[str, Any]]:
    last = announced(base)[-1]
    assert isinstance(last, ReferralCompleted)
    return last.outcome, last.facts


def test_several_answers_at_once_are_told_in_the_programmes_order(app, intake_db):
    referral = accepted(app, intake_db)
    done = said("market", "skills")
    done["answers"].reverse()
    assert call(app, "POST", f"{referral}/complete", done).status_code == 200
    assert told(intake_db) == ("assessed", {"needs": ["skills", "market"], "assessed_on": clock.today().isoformat()})


def test_a_woman_who_needs_nothing_is_told_as_such(app, intake_db):
    referral = accepted(app, intake_db)
    assert call(app, "POST", f"{referral}/complete", said()).status_code == 200
    assert told(intake_db) == ("nothing-needed", {"needs": [], "assessed_on": clock.today().isoformat()})


def test_an_interview_is_saved_half_way_and_closed_later(app, intake_db):
    referral = accepted(app, intake_db)
    half = {"interviewed_on": clock.today().isoformat(), "answers": said("skills")["answers"][:3]}
    assert call(app, "PUT", f"{referral}/work", half).status_code == 200
    shown = call(app, "GET", str(referral)).get_json()["work"]
    assert [each["found"] for each in shown["answers"]] == ["true", "false", "false", None, None]
    assert shown["answers"][0]["note"] == "tentang skills"
    open_one = call(app, "POST", f"{referral}/complete", {})
    assert (open_one.status_code, open_one.get_json()["code"]) == (422, "answer-missing")
    rest = {"answers": said("work")["answers"][3:]}
    assert call(app, "POST", f"{referral}/complete", rest).status_code == 200
    assert told(intake_db)[1]["needs"] == ["skills", "work"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"answers": [{"need": "magic", "found": True}]}, "need-not-offered"),
        ({"answers": [{"need": "skills", "found": True}, {"need": "skills", "found": False}]}, "answered-twice"),
        ({"interviewed_on": (clock.today() + timedelta(days=2)).isoformat()}, "interview-in-future"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_saved(app, intake_db, changes, code):
    referral = accepted(app, intake_db)
    answer = call(app, "PUT", f"{referral}/work", {**said("skills"), **changes})
    assert (answer.status_code, answer.get_json()["code"]) == (422, code)
    with intake_db.reading() as session:
        assert session.scalars(select(Assessment)).all() == []


def test_notes_are_encrypted_and_told_to_nobody(app, intake_db):
    referral = accepted(app, intake_db)
    assert call(app, "POST", f"{referral}/complete", said("skills")).status_code == 200
    with intake_db.reading() as session:
        stored = session.scalar(text("SELECT notes FROM assessment"))
    assert b"tentang" not in bytes(stored)
    assert "tentang" not in json.dumps([each.to_data() for each in announced(intake_db)])


def test_many_interviews_are_closed_in_one_request(app, intake_db):
    ids = [accepted(app, intake_db) for _ in range(3)]
    done = [{"id": str(each), "done": said("work")} for each in ids]
    assert call(app, "POST", "complete", {"referrals": done}).status_code == 200
    ends = [each for each in announced(intake_db) if isinstance(each, ReferralCompleted)]
    assert [each.outcome for each in ends] == ["assessed"] * 3


def test_the_page_asks_about_every_need_and_closes_the_stage(app, intake_db):
    referral = accepted(app, intake_db)
    browser = Browser(app, OFFICER)
    page = browser.get(f"{PAGE}/{referral}").text
    assert all(f'value="{need}"' in page for need in OFFERED)
    form = {"interviewed_on": clock.today().isoformat()}
    for at, need in enumerate(OFFERED):
        form |= {f"answers.{at}.need": need, f"answers.{at}.note": ""}
    wrong = browser.submit(f"{PAGE}/{referral}/complete", form)
    assert wrong.status_code == 422
    assert wrong.text.count("answer yes or no") >= len(OFFERED)
    form |= {f"answers.{at}.found": "true" if at < 2 else "false" for at in range(len(OFFERED))}
    assert browser.submit(f"{PAGE}/{referral}/complete", form).status_code == 303
    assert told(intake_db)[1]["needs"] == ["skills", "business"]
    closed = browser.get(f"{PAGE}/{referral}").text
    assert "skills; strengthening of the business" in closed


def test_the_officer_first_sees_what_she_was_taught_before(app, intake_db):
    road = Road(intake_db)
    (woman,) = road.women()
    (journey,) = road.open([woman]).opened.values()
    for stage, outcome, facts in (
        ("verification", "eligible", {}),
        ("proposal", "submitted", {"total": 2_900_000, "lines": 3}),
        ("file_check", "eligible", {}),
        ("field_check", "eligible", {}),
        ("decision", "accepted", {"sk_number": "460/1", "amount": 2_900_000}),
        ("briefing", "attended", {"sessions_attended": 1}),
    ):
        road.complete(stage, outcome, facts, journey)
    referral = accepted(app, intake_db, subject_id=woman)
    (earlier,) = call(app, "GET", str(referral)).get_json()["work"]["earlier"]
    assert (earlier["programme"], earlier["ended_on"]) == ("wrse-kaltim-2023", None)
    assert [each["outcome"] for each in earlier["taught"]] == ["attended"]
    assert set(earlier) == {"programme", "title", "opened_on", "ended_on", "taught"}
    assert earlier["title"]["en"] in Browser(app, OFFICER).get(f"{PAGE}/{referral}").text


DP3A = an_officer(Role.OFFICER, office="dp3a-kukar")
AT_DP3A = {"agency": "dp3a", "office": "dp3a-kukar", "programme": "pemberdayaan-kukar", "sender_office": "dp3a-kukar"}


def at_dp3a(app: Flask, method: str, path: str, body: Any = None) -> Any:
    address = f"/intake/v1/dp3a/referrals/{path}"
    return app.test_client().open(address, method=method, json=body, headers=bearer(DP3A))


def counts(base: Database) -> Counter[str]:
    """How many rows each table of intake has."""
    with base.reading() as session:
        tables = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        return Counter({each: session.scalar(text(f"SELECT count(*) FROM {each}")) or 0 for each in tables})


def test_a_wish_for_a_talk_in_confidence_leaves_no_trace_outside_its_compartment(app, intake_db):
    """The same interview, once with a yes and once with a no, leaves as many rows and tells the same."""
    left, grown = [], []
    for talk in (False, True):
        before = counts(intake_db)
        referral, woman = offered(intake_db, **AT_DP3A)
        assert at_dp3a(app, "POST", f"{referral}/accept", {}).status_code == 200
        assert at_dp3a(app, "PUT", f"{referral}/work", said("skills", talk=talk)).status_code == 200
        shown = at_dp3a(app, "GET", str(referral)).get_json()
        assert "talk" not in shown["work"]
        done = at_dp3a(app, "POST", f"{referral}/complete", said("skills", talk=talk)).get_json()
        last = announced(intake_db)[-1].to_data()
        left.append((done["outcome"], done["revision"], shown["work"], last["facts"]))
        grown.append(counts(intake_db) - before)
    assert left[0] == left[1]
    assert grown[1] - grown[0] == Counter()  # what was wished is closed in a row that every talk leaves
    jobs.look(intake_db)
    with intake_db.reading() as session:
        (known,) = session.scalars(select(TalkRequest)).all()
        assert known.content["person_id"] == str(woman)


def test_only_dp3a_is_asked_for_a_talk_and_only_by_one_woman(app, intake_db):
    referral = accepted(app, intake_db)
    assert call(app, "GET", str(referral)).get_json()["work"]["may_ask_for_talk"] is False
    refused = call(app, "PUT", f"{referral}/work", said("skills", talk=True))
    assert (refused.status_code, refused.get_json()["code"]) == (422, "talk-is-not-for-here")


def test_dp3a_closes_no_interview_before_it_has_asked_whether_she_wants_a_talk(app, intake_db):
    referral, _ = offered(intake_db, **AT_DP3A)
    assert at_dp3a(app, "POST", f"{referral}/accept", {}).status_code == 200
    assert at_dp3a(app, "PUT", f"{referral}/work", said("skills")).status_code == 200  # saved half-way it may be open
    silent = at_dp3a(app, "POST", f"{referral}/complete", said("skills"))
    assert (silent.status_code, silent.get_json()["code"], list(silent.get_json()["errors"])) == (
        422,
        "not-answered",
        ["talk"],
    )
    page = Browser(app, DP3A).submit(f"/intake/dp3a/referrals/{referral}/complete", {"answers.0.need": OFFERED[0]})
    assert (page.status_code, "nothing is taken for a yes or a no" in page.text) == (422, True)
    assert at_dp3a(app, "POST", f"{referral}/complete", said("skills", talk=False)).status_code == 200


def test_the_answer_on_the_page_hands_the_wish_on_and_is_asked_for_again(app, intake_db):
    referral, _ = offered(intake_db, **AT_DP3A)
    browser, page = Browser(app, DP3A), f"/intake/dp3a/referrals/{referral}"
    browser.submit(f"{page}/accept")
    assert browser.submit(f"{page}/work", {"talk": "true"}).status_code == 303
    shown = browser.get(page).text
    assert 'name="talk"' in shown
    assert "checked" not in shown
    with intake_db.reading() as session:
        assert len(session.scalars(select(TalkRequest)).all()) == 1


def test_an_assessment_that_is_heard_again_after_it_was_closed_changes_nothing(app, intake_db):
    referral, woman = offered(intake_db)
    call(app, "POST", f"{referral}/accept", {})
    call(app, "POST", f"{referral}/complete", said("skills"))
    again = offers.offer(
        referral_id=referral, stage="assessment", does="intake.assessment", subject_id=woman,
        settings={"needs": OFFERED},
    )  # fmt: skip
    before = len(announced(intake_db))
    with intake_db.transaction() as session:
        HEAR[type(again)].run(session, [heard(again, "intake", {"particulars": {}})])
    assert len(announced(intake_db)) == before
    with intake_db.reading() as session:
        assert len(session.scalars(select(Assessment)).all()) == 1
