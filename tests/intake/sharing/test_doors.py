"""Both doors note an answer and its withdrawal, and say alike what is deleted and what stays."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from shared.identity.rules import Role
from shared.kernel import clock
from shared.privacy.looks import Look
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.intake.sharing.roads import BAZNAS, OFFICER, STUDENTS, WOMEN, Road

CONSENTS = "/intake/v1/dinsos/consents"


@pytest.fixture
def app(road: Road) -> Flask:
    made = web_app("intake", road.database)
    made.testing = True
    return made


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app, OFFICER)


def ask(app: Flask, address: str, **query: Any) -> Any:
    return app.test_client().get(address, headers=bearer(OFFICER), query_string=query)


def send(app: Flask, address: str, body: Any, officer: Any = OFFICER) -> Any:
    return app.test_client().post(address, headers=bearer(officer), json=body)


def answer_of(woman: Any, **more: Any) -> dict[str, Any]:
    said = {"programme": WOMEN, "recipient": BAZNAS, "person_ids": [str(woman)], "answer": "given", "how": "paper"}
    return {**said, "answered_on": clock.today().isoformat(), **more}


def test_a_journey_says_who_has_to_be_asked_and_the_answer_offers_the_stage(road: Road, app: Flask) -> None:
    woman, journey = road.woman_on_her_way()
    lines = ask(app, CONSENTS, journey_id=journey).json["items"]
    assert [(each["recipient"], each["said"]) for each in lines] == [(STUDENTS, None), (BAZNAS, None)]
    answer = send(app, CONSENTS, answer_of(woman))
    assert (answer.status_code, answer.json) == (200, {"changed": [str(woman)]})
    assert road.stands(journey, "support")[0] == "offered"
    lines = ask(app, CONSENTS, person_id=woman).json["items"]
    assert {each["recipient"]: each["said"] for each in lines} == {STUDENTS: None, BAZNAS: "given"}


def test_a_program_is_told_what_a_withdrawal_deletes_and_what_stays(road: Road, app: Flask) -> None:
    woman, journey = road.woman_on_her_way()
    send(app, CONSENTS, answer_of(woman))
    matter = {"programme": WOMEN, "recipient": BAZNAS, "person_id": str(woman)}
    how = {"how": "recorded", "answered_on": clock.today().isoformat()}
    told = send(app, f"{CONSENTS}/withdraw", matter | how)
    assert told.status_code == 200, told.json
    (shared,) = told.json["shared"]
    assert (shared["stage"], shared["deleted"], shared["offer_withdrawn"]) == ("support", ["name", "village"], True)
    assert "uang publik" in shared["keeps"]["id"]
    assert shared["journey_id"] == str(journey)
    again = send(app, f"{CONSENTS}/withdraw", matter | how)
    assert (again.status_code, again.json["code"]) == (409, "nothing-to-withdraw")


def test_bad_input_is_named_by_its_field(road: Road, app: Flask) -> None:
    woman, _ = road.woman_on_her_way()
    tomorrow = clock.today().replace(year=clock.today().year + 1, day=1).isoformat()
    for change, field in [
        ({"answered_on": tomorrow}, "answered_on"),
        ({"recipient": "dinsos"}, "recipient"),
        ({"recipient": "nobody"}, "recipient"),
        ({"answer": "withdrawn"}, "answer"),
        ({"how": "rumour"}, "how"),
        ({"person_ids": []}, "person_ids"),
    ]:
        refused = send(app, CONSENTS, answer_of(woman, **change))
        assert refused.status_code == 422, refused.json
        assert field in refused.json["errors"]
    assert ask(app, CONSENTS).status_code == 422
    assert road.answers(woman) == []


def test_the_journey_and_the_person_lead_to_the_consents(road: Road, browser: Browser) -> None:
    woman, journey = road.woman_on_her_way()
    page = browser.get(f"/intake/dinsos/journeys/{journey}")
    assert "waits for consent" in page.text
    assert f"/intake/dinsos/journeys/{journey}/consents" in page.text
    assert "came back" not in page.text
    assert f"/intake/dinsos/persons/{woman}/consents" in browser.get(f"/intake/dinsos/persons/{woman}").text


def test_an_officer_notes_answers_on_the_page_of_the_journey(road: Road, browser: Browser) -> None:
    woman, journey = road.woman_on_her_way()
    address = f"/intake/dinsos/journeys/{journey}/consents"
    assert browser.get(address).status_code == 200
    form = {"matter": f"{WOMEN} {STUDENTS}", "person_ids[]": [str(woman)], "answer": "given", "how": "paper"}
    wrong = browser.submit(address, form | {"answered_on": ""})
    assert wrong.status_code == 422
    assert browser.submit(address, form | {"answered_on": clock.today().isoformat()}).status_code == 303
    assert "The answer is noted." in browser.get(address).text
    assert road.stands(journey, "course")[0] == "offered"
    refused = browser.submit(address, form | {"answer": "refused", "answered_on": clock.today().isoformat()})
    assert refused.status_code == 409
    assert "note that she takes it back" in refused.text


def test_an_officer_notes_a_withdrawal_and_reads_what_to_tell_her(road: Road, browser: Browser) -> None:
    woman, journey = road.woman_on_her_way()
    road.consent(BAZNAS, woman)
    page = browser.get(f"/intake/dinsos/persons/{woman}/consents")
    address = f"/intake/dinsos/persons/{woman}/consents/{WOMEN}/{BAZNAS}"
    assert address in page.text
    assert "every copy of what was shared is deleted" in browser.get(address).text
    assert browser.submit(address, {"how": "paper"}).status_code == 422
    done = browser.submit_twice(address, {"how": "paper", "answered_on": clock.today().isoformat()})
    assert done.status_code == 200
    assert "public money must be accounted for" in done.text
    assert "Name, Village" in done.text
    assert "Skipped: no consent" in browser.get(f"/intake/dinsos/journeys/{journey}").text


def test_a_look_at_consents_is_logged(road: Road, app: Flask) -> None:
    woman, journey = road.woman_on_her_way()
    ask(app, CONSENTS, journey_id=journey)
    with road.database.reading() as session:
        assert session.scalars(select(Look.subject_id).where(Look.why == "consents")).all() == [woman]


def test_another_area_neither_sees_nor_answers(road: Road, app: Flask) -> None:
    woman, journey = road.woman_on_her_way()
    stranger = an_officer(Role.OFFICER)
    assert send(app, CONSENTS, answer_of(woman), stranger).status_code == 403
    client = app.test_client()
    assert client.get(CONSENTS, headers=bearer(stranger), query_string={"journey_id": journey}).status_code == 404
    assert client.get(CONSENTS, headers=bearer(stranger), query_string={"person_id": woman}).status_code == 403
