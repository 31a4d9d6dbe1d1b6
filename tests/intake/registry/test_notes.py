"""Who sees what was noted on a person, and that nothing of it tells who deals with her."""

from uuid import UUID

import pytest
from flask import Flask

from services.intake.registry import notes
from services.intake.registry.models import Person
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel.errors import DomainError
from shared.notes import commands, queries
from shared.storage import Database
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.intake.people import register

DINSOS, DP3A = an_officer(Role.OFFICER), an_officer(Role.OFFICER, office="dp3a-kukar")
WORDS = "Hanya di rumah sore hari."


@pytest.fixture
def app(intake_db: Database) -> Flask:
    made = web_app("intake", intake_db)
    made.testing = True
    return made


@pytest.fixture
def woman(intake_db: Database) -> UUID:
    with intake_db.transaction() as session:
        return register(session)[0]


def write(base: Database, officer: Officer, person: UUID, words: str = WORDS) -> None:
    with base.transaction() as session:
        commands.write_note(session, officer, notes.find(session, officer, person), words)


def seen(base: Database, officer: Officer, person: UUID) -> list[str | None]:
    with base.transaction() as session:
        found = queries.latest(session, officer, notes.find(session, officer, person))
        return [each.words for each in found.items]


def test_what_the_agency_with_the_compartment_notes_is_seen_at_its_own_office_alone(
    intake_db: Database, woman: UUID
) -> None:
    write(intake_db, DINSOS, woman, "Dari Dinsos.")
    write(intake_db, DP3A, woman, "Dari DP3A.")
    assert seen(intake_db, DINSOS, woman) == ["Dari Dinsos."]
    assert seen(intake_db, an_officer(Role.HEAD, office="dinsos-kukar"), woman) == ["Dari Dinsos."]
    assert seen(intake_db, an_officer(Role.HEAD, office="dp3a-kukar"), woman) == ["Dari DP3A.", "Dari Dinsos."]


def test_the_notes_of_all_her_records_are_hers(intake_db: Database) -> None:
    with intake_db.transaction() as session:
        kept, merged = register(session, 2)
    write(intake_db, DINSOS, merged)
    with intake_db.transaction() as session:
        session.get_one(Person, merged).merged_into = kept
    assert seen(intake_db, DINSOS, kept) == [WORDS]


def test_nobody_notes_on_a_person_outside_her_areas(intake_db: Database, woman: UUID) -> None:
    with pytest.raises(DomainError):
        write(intake_db, an_officer(Role.OFFICER, office="dinsos-kubar"), woman)


def test_a_note_is_written_read_and_struck_out_on_her_page_and_told_to_her(app: Flask, woman: UUID) -> None:
    browser, page = Browser(app, DINSOS), f"/intake/dinsos/persons/{woman}"
    assert browser.submit(f"{page}/notes", {"words": ""}).status_code == 422
    assert browser.submit(f"{page}/notes", {"words": WORDS}).status_code == 303
    assert WORDS in browser.get(page).text
    client, api = app.test_client(), "/intake/v1/dinsos"
    written = client.post(f"{api}/persons/{woman}/notes", json={"words": "Salah."}, headers=bearer(DINSOS)).json
    assert Browser(app, DP3A).submit(f"/intake/dp3a/persons/{woman}/notes", {"words": "Dari DP3A."}).status_code == 303
    struck = browser.submit(f"{page}/notes/{written['id']}/strike", {"because": "Perempuan lain."})
    assert struck.status_code == 303
    noted = client.post(
        f"{api}/persons/{woman}/disclosures",
        headers=bearer(DINSOS),
        json={"identified": "id-card", "seen": "KTP 6402 … 9001"},
    ).json
    held = client.get(f"{api}/disclosures/{noted['id']}/dossier", headers=bearer(DINSOS)).json
    assert [(each["words"], each["struck_because"], each["office"]) for each in held["notes"]] == [
        (WORDS, None, "dinsos-kaltim"),
        ("Salah.", "Perempuan lain.", "dinsos-kaltim"),
    ]
    shown = browser.get(f"/intake/dinsos/disclosures/{noted['id']}/dossier").text
    assert WORDS in shown
    assert "Dari DP3A." not in shown
