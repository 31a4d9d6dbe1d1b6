"""A result that goes against her: nobody reports it by accident, and whoever has to mend it reads why."""

from pathlib import Path
from typing import Any
from uuid import UUID

import flask
import pytest
from flask import Flask
from sqlalchemy import select

from shared.bus.models import LoggedEvent
from shared.events.intake import StageOffered
from shared.events.referrals import ReferralCompleted
from shared.identity.rules import Role
from shared.privacy import sealed as seals
from shared.referrals import api, commands, pages, rules
from shared.referrals.handlers import hear_consents_withdrawn, hear_stages_offered
from shared.referrals.models import Referral
from shared.referrals.rules import ReferralState
from shared.referrals.work import by_kind
from shared.storage import Database
from shared.web.factory import create_app
from tests.announcements import announced
from tests.browsing import Browser, an_officer, bearer
from tests.shared.referrals.offers import PARTICULARS, CountedSessions, heard, offer
from tests.shared.referrals.test_consent import taken_back

LIST, API = "/training/dinsos/referrals", "/training/v1/dinsos/referrals"
OFFICER = an_officer(Role.OFFICER, office="dinsos-kaltim")
WORKS = [CountedSessions()]


@pytest.fixture
def app(training_db: Database) -> Flask:
    forms = flask.Blueprint("forms", __name__, template_folder=str(Path(__file__).with_name("templates")))
    made = create_app(
        "training",
        blueprints=[api.blueprint("training", WORKS)],
        pages=[pages.blueprint("training", WORKS), forms],
        database=training_db,
    )
    made.testing = True
    return made


def taken_on(base: Database, **changes: Any) -> UUID:
    sealed = changes.pop("sealed", PARTICULARS)
    given: StageOffered = offer(**changes)
    with base.transaction() as session:
        hear_stages_offered(session, [heard(given, sealed)], works=by_kind(WORKS))
        commands.accept_referrals(session, OFFICER, [given.referral_id])
    return given.referral_id


def stored(base: Database) -> Referral:
    with base.reading() as session:
        return session.scalars(select(Referral)).one()


def reported(base: Database) -> list[ReferralCompleted]:
    return [each for each in announced(base) if isinstance(each, ReferralCompleted)]


def test_the_first_press_says_what_will_happen_and_changes_nothing(training_db: Database, app: Flask) -> None:
    referral, browser = taken_on(training_db), Browser(app, OFFICER)
    asked = browser.submit(f"{LIST}/{referral}/complete", {"sessions_attended": "0"})
    assert asked.status_code == 200
    for expected in (
        "You are about to report: Absent",
        "Nothing has been reported yet.",
        "What will happen",
        "Your office is asked for this stage once more",
        "What she can do",
        'name="sessions_attended" value="0"',
        'name="_confirmed" value="absent"',
    ):
        assert expected in asked.text, expected
    assert stored(training_db).state is ReferralState.ACCEPTED
    assert reported(training_db) == []


def test_the_second_press_reports_it_with_the_reason(training_db: Database, app: Flask) -> None:
    referral, browser = taken_on(training_db), Browser(app, OFFICER)
    form = {"sessions_attended": "0", "_confirmed": "absent"}
    silent = browser.submit(f"{LIST}/{referral}/complete", form)
    assert silent.status_code == 422
    assert "You are about to report: Absent" in silent.text
    assert "Say why, in words" in silent.text
    assert stored(training_db).state is ReferralState.ACCEPTED
    assert browser.submit(f"{LIST}/{referral}/complete", form | {"because": "Anaknya sakit."}).status_code == 303
    assert (stored(training_db).outcome, stored(training_db).findings) == ("absent", {"because": "Anaknya sakit."})
    page = browser.get(f"{LIST}/{referral}").text
    assert "Anaknya sakit." in page


@pytest.mark.parametrize("shown", ["", "attended", "mend", "ABSENT"])
def test_what_was_confirmed_is_what_she_was_shown(training_db: Database, app: Flask, shown: str) -> None:
    referral, browser = taken_on(training_db), Browser(app, OFFICER)
    form = {"sessions_attended": "0", "_confirmed": shown, "because": "Anaknya sakit."}
    again = browser.submit(f"{LIST}/{referral}/complete", form)
    assert (again.status_code, stored(training_db).state) == (200, ReferralState.ACCEPTED)
    assert "Anaknya sakit." in again.text


def test_going_back_keeps_what_was_typed_and_reports_nothing(training_db: Database, app: Flask) -> None:
    referral, browser = taken_on(training_db), Browser(app, OFFICER)
    form = {"sessions_attended": "0", "_confirmed": "absent", "because": "x", "_back": "1"}
    back = browser.submit(f"{LIST}/{referral}/complete", form)
    assert back.status_code == 200
    assert 'value="0"' in back.text
    assert "You are about to report" not in back.text
    assert stored(training_db).state is ReferralState.ACCEPTED


def test_a_result_that_lets_her_go_on_needs_one_press(training_db: Database, app: Flask) -> None:
    referral, browser = taken_on(training_db), Browser(app, OFFICER)
    assert browser.submit(f"{LIST}/{referral}/complete", {"sessions_attended": "2"}).status_code == 303
    assert stored(training_db).findings is None


@pytest.mark.parametrize("because", [None, "", "   "])
def test_a_program_has_to_say_why(training_db: Database, app: Flask, because: str | None) -> None:
    referral, client = taken_on(training_db), app.test_client()
    body = {"sessions_attended": 0} | ({} if because is None else {"because": because})
    refused = client.post(f"{API}/{referral}/complete", json=body, headers=bearer(OFFICER))
    assert (refused.status_code, refused.get_json()["code"]) == (422, "reason-missing")
    assert list(refused.get_json()["errors"]) == ["because"]
    many = {"referrals": [{"id": str(referral), "done": body}]}
    assert client.post(f"{API}/complete", json=many, headers=bearer(OFFICER)).status_code == 422
    done = client.post(f"{API}/{referral}/complete", json=body | {"because": "Sakit."}, headers=bearer(OFFICER))
    assert done.get_json()["outcome"] == "absent"
    shown = client.get(f"{API}/{referral}", headers=bearer(OFFICER)).get_json()
    assert shown["findings"] == {"because": "Sakit."}


def test_the_reason_is_sealed_for_intake_and_stands_nowhere_open(training_db: Database) -> None:
    referral = taken_on(training_db)
    with training_db.transaction() as session:
        commands.complete_referrals(
            session, OFFICER, by_kind(WORKS), {referral: {"sessions_attended": 0}}, {referral: "Anaknya sakit."}
        )
    (event,) = reported(training_db)
    assert "sakit" not in str(event.to_data())
    with training_db.reading() as session:
        logged = session.scalars(select(LoggedEvent).where(LoggedEvent.type.contains("completed"))).one()
        part = seals.unseal("training", "intake", logged.sealed["intake"], logged.id)
    assert part == {"findings": {"because": "Anaknya sakit."}}


def test_what_was_found_of_her_goes_when_she_takes_her_consent_back(training_db: Database) -> None:
    given = offer()
    with training_db.transaction() as session:
        hear_stages_offered(session, [heard(given, PARTICULARS)], works=by_kind(WORKS))
        commands.accept_referrals(session, OFFICER, [given.referral_id])
    referral = given.referral_id
    with training_db.transaction() as session:
        commands.complete_referrals(
            session, OFFICER, by_kind(WORKS), {referral: {"sessions_attended": 0}}, {referral: "Anaknya sakit."}
        )
        hear_consents_withdrawn(session, [heard(taken_back(given))], works=by_kind(WORKS))
    assert (stored(training_db).particulars, stored(training_db).findings) == (None, None)


def test_why_it_came_back_and_what_was_found_before_stand_on_the_page(training_db: Database, app: Flask) -> None:
    rab = [{"number": 1, "item": "Wajan besar", "quantity": 2, "unit": "buah", "unit_price": 450_000, "total": 900_000}]
    told = {"attempt": 1, "office": "dinsos-kaltim", "facts": {}}
    reports = [
        {**told, "stage": "proposal", "outcome": "submitted", "findings": {"rab": rab}, "sent_back": False},
        {
            **told,
            "stage": "file_check",
            "outcome": "mend",
            "facts": {"papers_missing": ["family-cards"]},
            "findings": {"because": "KK dua anggota belum ada."},
            "sent_back": True,
        },
    ]
    sealed = {**PARTICULARS, "reports": reports}
    earlier = {"proposal": {"outcome": "submitted", "facts": {"total": 900_000, "lines": 1}}}
    referral = taken_on(training_db, earlier=earlier, sealed=sealed)
    page = Browser(app, OFFICER).get(f"{LIST}/{referral}").text
    for expected in ("Why it came back", "family cards (KK)", "KK dua anggota belum ada.", "Wajan besar", "Rp900.000"):
        assert expected in page, expected
    shown = app.test_client().get(f"{API}/{referral}", headers=bearer(OFFICER)).get_json()
    assert shown["reports"] == reports
    assert shown["particulars"] == PARTICULARS


def test_who_could_not_take_it_on_is_shown_no_second_press(training_db: Database, app: Flask) -> None:
    referral = taken_on(training_db)
    stranger = Browser(app, an_officer(Role.OFFICER, office="dinsos-mataram"))
    answer = stranger.submit(f"{LIST}/{referral}/complete", {"sessions_attended": "0"})
    assert answer.status_code == 404
    assert "about to report" not in answer.text


def test_a_reason_is_no_way_round_the_rules_of_the_stage(training_db: Database) -> None:
    referral = taken_on(training_db)
    with pytest.raises(rules.ReasonMissing), training_db.transaction() as session:
        commands.complete_referrals(session, OFFICER, by_kind(WORKS), {referral: {"sessions_attended": 0}})
    assert stored(training_db).state is ReferralState.ACCEPTED
