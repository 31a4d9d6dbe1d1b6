import io
from uuid import UUID

import pytest
from sqlalchemy import select

from services.intake.registry import api, doors, jobs, pages
from services.intake.registry.models import ImportRun, Person
from shared.identity.rules import Role
from shared.privacy.looks import Look
from shared.web.factory import create_app
from tests.browsing import Browser, an_officer, bearer
from tests.intake.registry.conftest import line, sheet

NIK = "6402064512909001"


@pytest.fixture
def app(intake_db, monkeypatch):
    asked = []
    monkeypatch.setattr(type(jobs.run_import), "enqueue", lambda self, **ids: asked.append(ids["import_id"]))
    made = create_app("intake", blueprints=[api.blueprint], pages=[pages.pages], database=intake_db)
    made.testing = True
    made.asked = asked
    return made


@pytest.fixture
def official():
    return an_officer(Role.OFFICER, office="dinsos-kukar")


def a_file(*lines: str) -> dict:
    return {"file": (io.BytesIO(sheet(*lines)), "daftar.csv")}


def looks(base) -> list[tuple[UUID, str]]:
    with base.reading() as session:
        return [(each.subject_id, each.why) for each in session.scalars(select(Look).order_by(Look.seq))]


def only_person(base) -> UUID:
    with base.reading() as session:
        return session.scalars(select(Person.id)).one()


def test_a_program_sends_a_file_and_follows_its_import(app, intake_db, official):
    client, who = app.test_client(), bearer(official)
    begun = client.post("/intake/v1/dinsos/imports", data=a_file(line(), line(nik="12")), headers=who)
    assert (begun.status_code, begun.json["state"]) == (202, "waiting")
    assert app.asked == [begun.json["id"]]
    jobs.run_import.run(intake_db, import_id=begun.json["id"])
    address = f"/intake/v1/dinsos/imports/{begun.json['id']}"
    told = client.get(address, headers=who).json
    assert (told["state"], told["rows_done"], told["created"], told["refused"]) == ("done", 2, 1, 1)
    refused = client.get(f"{address}/refusals", headers=who).json
    assert [(each["row"], each["column"], each["reason"]) for each in refused["items"]] == [
        (3, "nik", "not-sixteen-digits")
    ]
    assert "16 digits" in refused["items"][0]["sentence"]
    assert [each["id"] for each in client.get("/intake/v1/dinsos/imports", headers=who).json["items"]] == [
        begun.json["id"]
    ]


@pytest.mark.slow
def test_a_file_larger_than_other_requests_may_be_is_taken_in(app, official):
    rows = [line(alamat="x" * 400)] * 40_000
    begun = app.test_client().post("/intake/v1/dinsos/imports", data=a_file(*rows), headers=bearer(official))
    begun.request.input_stream.close()  # the client's own copy, on disk because it is so large
    assert begun.status_code == 202
    assert doors.LARGEST_FILE > len(sheet(*rows)) > app.config["MAX_CONTENT_LENGTH"]


def test_a_program_looks_persons_up_and_every_look_is_logged(app, intake_db, bring_in, official):
    bring_in(sheet(line()))
    client, who, person = app.test_client(), bearer(official), only_person(intake_db)
    found = client.post("/intake/v1/dinsos/persons/search", json={"nik": NIK}, headers=who).json
    assert [each["name"] for each in found["items"]] == ["Siti Aminah"]
    listed = client.get("/intake/v1/dinsos/persons?area=64.02.06", headers=who).json
    assert [each["id"] for each in listed["items"]] == [str(person)]
    told = client.get(f"/intake/v1/dinsos/persons/{person}", headers=who).json
    assert (told["kk"], told["residences"][0]["address"]) == ("6402060101109000", "Jl. Mawar 1")
    assert looks(intake_db) == [
        (person, "search by NIK"),
        (person, "list of an area"),
        (person, "person's page"),
    ]


def test_a_page_that_is_shown_again_for_an_error_is_a_look_like_any_other(app, intake_db, bring_in, official):
    bring_in(sheet(line()))
    person = only_person(intake_db)
    wrong = Browser(app, official).submit(f"/intake/dinsos/persons/{person}/contact-wish", {"hours": "siang"})
    assert (wrong.status_code, "Siti Aminah" in wrong.text) == (422, True)
    assert looks(intake_db) == [(person, "person's page")]


def test_an_officer_of_another_area_finds_nobody_and_leaves_no_look(app, intake_db, bring_in):
    bring_in(sheet(line()))
    client, who = app.test_client(), bearer(an_officer(Role.OFFICER, office="dinsos-samarinda"))
    found = client.post("/intake/v1/dinsos/persons/search", json={"nik": NIK}, headers=who)
    assert (found.status_code, found.json["items"]) == (200, [])
    assert client.get(f"/intake/v1/dinsos/persons/{only_person(intake_db)}", headers=who).status_code == 403
    assert client.get("/intake/v1/dinsos/persons?area=64.02", headers=who).status_code == 403
    assert looks(intake_db) == []


@pytest.mark.parametrize("role", [Role.APPROVER, Role.COORDINATOR, Role.ADMINISTRATOR])
def test_who_has_no_business_with_persons_sees_none(app, role):
    answer = app.test_client().get("/intake/v1/dinsos/persons", headers=bearer(an_officer(role)))
    assert answer.status_code == 403


def test_a_nik_that_is_none_is_a_field_at_fault(app, official):
    client, who = app.test_client(), bearer(official)
    answer = client.post("/intake/v1/dinsos/persons/search", json={"nik": "6.4E+15"}, headers=who)
    assert (answer.status_code, answer.json["code"]) == (422, "scientific-notation")


def test_an_officer_sends_a_file_on_a_page_and_watches_it_come_in(app, intake_db, official):
    browser = Browser(app, official)
    assert browser.get("/intake/dinsos/imports").status_code == 200
    sent = browser.submit("/intake/dinsos/imports", a_file(line(), line(born="31-02-1990")))
    assert sent.status_code == 303
    waiting = browser.get(sent.location).text
    assert "hx-trigger" in waiting
    assert "0 of 2 rows" in waiting
    with intake_db.reading() as session:
        jobs.run_import.run(intake_db, import_id=str(session.scalars(select(ImportRun.id)).one()))
    part = browser.get(sent.location, headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "hx-trigger" not in part
    assert "tanggal_lahir" in part
    assert "daftar.csv" in browser.get("/intake/dinsos/imports").text


@pytest.mark.parametrize("sent", [{}, {"file": (io.BytesIO(b"PK\x03\x04"), "daftar.xlsx")}])
def test_a_page_says_what_is_wrong_with_a_file(app, official, sent):
    answer = Browser(app, official).submit("/intake/dinsos/imports", sent)
    assert answer.status_code == 422
    assert 'class="error"' in answer.text


def test_an_officer_finds_a_person_and_sees_her_page(app, intake_db, bring_in, official):
    bring_in(sheet(line(jenis_kelamin="L")))
    browser = Browser(app, official)
    assert "Siti Aminah" in browser.get("/intake/dinsos/persons?area=64.02.06").text
    found = browser.submit("/intake/dinsos/persons", {"nik": NIK})
    assert found.location == f"/intake/dinsos/persons/{only_person(intake_db)}"
    shown = browser.get(found.location).text
    for told in (NIK, "Jl. Mawar 1", "DTKS", "The NIK says another sex"):
        assert told in shown
    assert browser.submit("/intake/dinsos/persons", {"nik": "6402064512919009"}).location.endswith("/persons")
    assert "16 digits" in browser.submit("/intake/dinsos/persons", {"nik": "64"}).text
