"""Who sees what was noted on a journey: those who work on it together, and nobody else."""

from uuid import UUID

import pytest
from flask import Flask

from services.intake.journeys import notes
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel.errors import NotFound
from shared.notes import commands, queries
from shared.privacy.looks import looks_at
from shared.storage import Database
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.intake.journeys.roads import OFFICER, Road
from tests.intake.sharing import roads as sharing

WORDS = "Rumahnya pindah, tanya Pak RT."


def write(base: Database, officer: Officer, journey: UUID, words: str = WORDS) -> None:
    with base.transaction() as session:
        commands.write_note(session, officer, notes.find(session, officer, journey), words)


def seen(base: Database, officer: Officer, journey: UUID) -> list[str | None]:
    with base.transaction() as session:
        found = queries.latest(session, officer, notes.find(session, officer, journey))
        return [each.words for each in found.items]


@pytest.fixture
def mataram(intake_db: Database) -> sharing.Road:
    return sharing.Road(intake_db)


@pytest.fixture
def app(road: Road) -> Flask:
    made = web_app("intake", road.database)
    made.testing = True
    return made


def test_an_office_without_a_part_in_a_journey_has_its_notes_for_itself(road: Road) -> None:
    (journey,) = road.set_out()
    outsider = an_officer(Role.OFFICER, office="dp3a-kukar")
    write(road.database, OFFICER, journey, "Dari Dinsos.")
    write(road.database, outsider, journey, "Dari DP3A.")
    assert seen(road.database, OFFICER, journey) == ["Dari Dinsos."]
    assert seen(road.database, outsider, journey) == ["Dari DP3A."]
    assert seen(road.database, an_officer(Role.HEAD, office="dp3a-kukar"), journey) == ["Dari DP3A."]


def test_who_was_told_of_her_sees_what_is_noted_until_she_takes_her_consent_back(mataram: sharing.Road) -> None:
    woman, journey = mataram.woman_on_her_way()
    base = mataram.database
    students = an_officer(Role.OFFICER, office="perguruan-tinggi-mataram")
    write(base, sharing.OFFICER, journey, "Dari Dinsos.")
    assert seen(base, students, journey) == [], "she was not asked yet"
    mataram.consent(sharing.STUDENTS, woman)
    write(base, students, journey, "Dari kampus.")
    assert seen(base, students, journey) == ["Dari kampus.", "Dari Dinsos."]
    assert seen(base, sharing.OFFICER, journey) == ["Dari kampus.", "Dari Dinsos."]
    mataram.take_back(sharing.STUDENTS, woman)
    assert seen(base, students, journey) == [None], "what they noted is forgotten, and the others' is not theirs"
    assert seen(base, sharing.OFFICER, journey) == ["Dari Dinsos."]


def test_a_journey_outside_her_areas_is_not_there_for_her(road: Road) -> None:
    (journey,) = road.set_out()
    with pytest.raises(NotFound):
        write(road.database, an_officer(Role.OFFICER, office="dinsos-kubar"), journey)


def test_a_note_is_written_and_read_on_the_journeys_page_and_by_a_program(road: Road, app: Flask) -> None:
    (journey,) = road.set_out()
    browser, page = Browser(app, OFFICER), f"/intake/dinsos/journeys/{journey}"
    assert "Nothing has been noted." in browser.get(page).text
    assert browser.submit(f"{page}/notes", {"words": " "}).status_code == 422
    assert browser.submit(f"{page}/notes", {"words": WORDS}).status_code == 303
    assert WORDS in browser.get(page).text
    client, api = app.test_client(), f"/intake/v1/dinsos/journeys/{journey}/notes"
    (listed,) = client.get(api, headers=bearer(OFFICER)).json["items"]
    assert (listed["words"], listed["office"]) == (WORDS, "dinsos-kaltim")
    with road.database.reading() as session:
        subject = road.journey(journey).subject_id
        assert {each.why for each in looks_at(session, "person", {subject})} == {"notes"}


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.AUDITOR])
def test_who_only_looks_on_sees_the_journey_and_no_notes(road: Road, app: Flask, role: Role) -> None:
    (journey,) = road.set_out()
    write(road.database, OFFICER, journey)
    onlooker = an_officer(role, office="bappeda-kaltim")
    page = Browser(app, onlooker).get(f"/intake/dinsos/journeys/{journey}")
    assert page.status_code == 200
    assert WORDS not in page.text
    address = f"/intake/v1/dinsos/journeys/{journey}/notes"
    assert app.test_client().get(address, headers=bearer(onlooker)).status_code == 403
