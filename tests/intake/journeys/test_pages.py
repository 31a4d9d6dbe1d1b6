import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from services.intake.accounts.models import OfficerAccount
from services.intake.journeys import publishing
from services.intake.journeys.models import Journey
from shared.events.intake import JourneyOutcome
from shared.events.referrals import ReferralDeclined, ReferralReassigned
from shared.identity.rules import Role
from shared.kernel import clock
from shared.kernel.ids import new_id
from shared.privacy.looks import Look
from shared.programmes import library
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.intake.journeys.roads import KUBE, OFFICER, WRSE, Road

JOURNEYS = "/intake/dinsos/journeys"


@pytest.fixture
def app(road: Road) -> Flask:
    made = web_app("intake", road.database)
    made.testing = True
    return made


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app, OFFICER)


def declined(road: Road) -> str:
    (journey,) = road.set_out()
    event = road.of(ReferralDeclined, journey, "verification", reason="no-budget", suggestion="offer-elsewhere")
    road.hear(event, sealed={"explanation": "Kuota tahun ini habis"})
    return f"{JOURNEYS}/{journey}"


def test_candidates_are_chosen_and_set_out_together(road: Road, browser: Browser) -> None:
    women = road.women(3)
    road.women(1, lists=())
    assert browser.get(f"{JOURNEYS}/new?programme={WRSE}").headers["Location"].endswith(f"candidates?programme={WRSE}")
    page = browser.get(f"/intake/dinsos/candidates?programme={WRSE}")
    assert page.status_code == 200
    assert page.text.count('name="subject_ids[]"') == 3
    answer = browser.submit(JOURNEYS, {"programme": WRSE, "subject_ids[]": [str(each) for each in women[:2]]})
    assert answer.status_code == 303
    assert "2 journeys were opened" in browser.get(JOURNEYS).text
    assert browser.get(f"/intake/dinsos/candidates?programme={WRSE}").text.count('name="subject_ids[]"') == 1


def test_a_journeys_page_says_who_passed_its_referral_to_whom(road: Road, browser: Browser, app: Flask) -> None:
    (journey,) = road.set_out()
    her, colleague = new_id(), new_id()
    who = {"handed_by": her, "handed_from": her, "handed_to": colleague}
    named = road.of(ReferralReassigned, journey, "verification", **who, handed_at=clock.now())
    for _ in range(2):
        road.hear(named, sealed={"names": {"by": "Rahmah", "from": "Rahmah", "to": "Dewi"}})
    page = browser.get(f"{JOURNEYS}/{journey}").text
    assert "Rahmah passed it on to Dewi" in page
    told = app.test_client().get(f"/intake/v1/dinsos/journeys/{journey}", headers=bearer(OFFICER)).json["handed_on"]
    assert {(each["by"], each["from"], each["to"], each["to_name"]) for each in told} == {
        (str(her), str(her), str(colleague), "Dewi")
    }


def test_who_passed_it_on_is_called_as_her_account_is_where_no_name_was_told(road: Road, browser: Browser) -> None:
    (journey,) = road.set_out()
    road.staff("dinsos-kaltim")
    with road.database.transaction() as session:
        who = session.scalars(select(OfficerAccount)).first()
        assert who is not None
        officer, name = who.id, who.name
    road.hear(road.of(ReferralReassigned, journey, "verification", handed_to=officer, handed_at=clock.now()))
    assert f"Passed on to {name}" in browser.get(f"{JOURNEYS}/{journey}").text


def test_a_look_at_candidates_names_is_logged(road: Road, browser: Browser) -> None:
    women = road.women(2)
    browser.get(f"/intake/dinsos/candidates?programme={WRSE}")
    with road.database.reading() as session:
        assert set(session.scalars(select(Look.subject_id))) == set(women)


def test_groups_at_rest_are_offered_and_set_out(road: Road, browser: Browser) -> None:
    first, _second = road.groups(2)
    assert browser.get(f"{JOURNEYS}/new?programme={KUBE}").text.count('name="subject_ids[]"') == 2
    browser.submit(JOURNEYS, {"programme": KUBE, "subject_ids[]": [str(first)]})
    assert browser.get(f"{JOURNEYS}/new?programme={KUBE}").text.count('name="subject_ids[]"') == 1


def test_who_could_not_set_out_is_named_with_the_reason(road: Road, browser: Browser) -> None:
    (woman,) = road.women()
    road.open([woman])
    answer = browser.submit(JOURNEYS, {"programme": WRSE, "subject_ids[]": [str(woman)]})
    assert "already has an open journey" in answer.text


def test_nobody_chosen_is_said_and_nothing_opened(road: Road, browser: Browser) -> None:
    assert browser.submit(JOURNEYS, {"programme": KUBE}).status_code == 303
    assert "Choose at least one." in browser.get(JOURNEYS).text
    assert road.open_journeys_left() == 0


def test_the_list_shows_what_waits_for_a_decision_and_whose_it_is(road: Road, browser: Browser) -> None:
    address = declined(road)
    page = browser.get(f"{JOURNEYS}?state=stuck&programme={WRSE}")
    assert address in page.text
    assert "To be decided" in page.text
    assert "Perempuan Uji" in page.text


def test_a_journey_that_came_back_shows_what_the_office_said(road: Road, browser: Browser) -> None:
    page = browser.get(declined(road)).text
    for said in ("Kuota tahun ini habis", "No budget", "Offer it to another office", "/reoffer/verification"):
        assert said in page
    assert "/monitoring/dinsos/journeys/" in page


def test_the_leading_office_offers_the_stage_elsewhere(road: Road, browser: Browser) -> None:
    address = declined(road)
    road.staff("dinsos-kaltim", "dinsos-kukar", "dinsos-samarinda")
    form = browser.get(f"{address}/reoffer/verification").text
    assert re.findall(r'<option value="(dinsos-[a-z]+)"', form) == ["dinsos-kukar", "dinsos-kaltim"]
    refused = browser.submit(f"{address}/reoffer/verification", {"office": "dinsos-samarinda"})
    assert refused.status_code == 422
    assert "These could: Dinas Sosial Kabupaten Kutai Kartanegara, Dinas Sosial Provinsi" in refused.text
    answer = browser.submit(f"{address}/reoffer/verification", {"office": "dinsos-kaltim"})
    assert answer.headers["Location"] == address
    assert "The stage is offered again." in browser.get(address).text
    with road.database.reading() as session:
        assert session.scalars(select(Journey)).one().state["stages"]["verification"]["office"] == "dinsos-kaltim"


def test_an_office_of_another_role_is_refused_beside_the_field(road: Road, browser: Browser) -> None:
    answer = browser.submit(f"{declined(road)}/reoffer/verification", {"office": "bappeda-kaltim"})
    assert answer.status_code == 422
    assert "does not hold the role dinsos" in answer.text


@pytest.mark.parametrize(("how", "outcome"), [("end", JourneyOutcome.STOPPED), ("withdraw", JourneyOutcome.WITHDRAWN)])
def test_a_journey_is_closed_with_a_reason(road: Road, browser: Browser, how: str, outcome: JourneyOutcome) -> None:
    (journey,) = road.set_out()
    address = f"{JOURNEYS}/{journey}"
    assert browser.get(f"{address}/{how}").status_code == 200
    assert browser.submit(f"{address}/{how}", {"reason": ""}).status_code == 422
    asked = browser.submit(f"{address}/{how}", {"reason": "Pindah ke provinsi lain"})
    assert "What was granted and not handed over goes back to its fund" in asked.text
    assert f"{address}/end" in browser.get(address).text
    browser.submit_twice(f"{address}/{how}", {"reason": "Pindah ke provinsi lain"})
    page = browser.get(address).text
    assert "Pindah ke provinsi lain" in page
    assert f"{address}/end" not in page
    assert road.journey(journey).outcome is outcome


def test_another_office_sees_the_journey_but_is_offered_no_decision(road: Road, app: Flask) -> None:
    address = declined(road)
    page = Browser(app, an_officer(Role.OFFICER, office="dinsos-kukar")).get(address)
    assert page.status_code == 200
    assert "/reoffer/" not in page.text
    assert Browser(app, an_officer(Role.OFFICER, office="dinsos-samarinda")).get(address).status_code == 404


def test_a_coordinator_may_look_at_the_list(road: Road, app: Flask) -> None:
    road.set_out()
    coordinator = an_officer(Role.COORDINATOR, office="bappeda-kaltim")
    assert "Verification" in Browser(app, coordinator).get(JOURNEYS).text


def test_pages_speak_indonesian(road: Road, browser: Browser) -> None:
    address = declined(road)
    browser = Browser(browser.app, replace(OFFICER, language="id"))
    for page in (JOURNEYS, f"{JOURNEYS}/new?programme={KUBE}", address, f"{address}/end"):
        assert browser.get(page).status_code == 200
    assert "Verifikasi data" in browser.get(address).text


@pytest.mark.parametrize("address", [JOURNEYS, f"{JOURNEYS}/new"])
def test_an_officer_is_offered_only_programmes_of_her_region(road: Road, app: Flask, address: str) -> None:
    with road.database.transaction() as session:
        for each in library.published().values():
            publishing.publish(session, each)
    mataram = an_officer(Role.OFFICER, office="dinsos-mataram")
    offered = {
        officer.office: set(re.findall(r'<option value="([a-z0-9-]+)"', Browser(app, officer).get(address).text))
        for officer in (OFFICER, mataram)
    }
    everywhere = {each.id for each in library.published().values()}
    of_east_kalimantan = {each for each in everywhere if each.endswith(("kaltim-2023", "kukar"))}
    if address == JOURNEYS:
        assert offered[OFFICER.office] & everywhere == of_east_kalimantan
    assert WRSE in offered[OFFICER.office]
    assert offered["dinsos-mataram"] & everywhere == {"kusiapp-mataram"}
