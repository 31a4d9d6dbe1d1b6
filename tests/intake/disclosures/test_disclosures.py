"""Her right to see: she is told all that is held of her, and that she was told is on record."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from services.intake.consents.rules import Said
from services.intake.disclosures import commands
from services.intake.disclosures.models import Disclosure
from services.intake.disclosures.rules import AnsweredAlready, AskedAlready, Given
from services.intake.groups.models import GroupMember
from services.intake.registry.models import Person
from services.intake.rights.rules import Identified, NotHerself, NotRegistering
from services.intake.rights.terms import terms
from shared.bus.models import LoggedEvent
from shared.identity.rules import OtherOffice, OutsideArea
from shared.kernel import clock
from shared.kernel.ids import new_id
from shared.privacy.looks import Look, log_look
from tests.browsing import Browser, an_officer, bearer
from tests.intake.sharing.roads import BAZNAS, GROUPS, OFFICER, STUDENTS, Road

PAGES, API = "/intake/dinsos", "/intake/v1/dinsos"
CARD = {"identified": "id-card", "seen": "KTP 5271 … 9001"}


def ask(road: Road, woman: UUID, officer: Any = OFFICER) -> Disclosure:
    with road.database.transaction() as session:
        return commands.note_request(session, officer, woman, identified=Identified.ID_CARD, seen="KTP 5271 … 9001")


def answer(road: Road, noted: Disclosure, officer: Any = OFFICER) -> Disclosure:
    with road.database.transaction() as session:
        return commands.note_answer(session, officer, noted.id, given=Given.PAPER)


def noted_past_the_commands(road: Road, first: Disclosure) -> None:
    """What no command does, and the database refuses."""
    given = {name: getattr(first, name) for name in ("person_id", "area", "agency", "office", "asked_at", "due_at")}
    with road.database.transaction() as session:
        session.add(Disclosure(**given, identified=Identified.KNOWN, seen="…", taken_by=new_id()))


def held_of(app: Flask, woman: UUID, officer: Any = OFFICER) -> Any:
    """All that is held of her, as a program is told it."""
    client = app.test_client()
    noted = client.post(f"{API}/persons/{woman}/disclosures", headers=bearer(officer), json=CARD)
    assert noted.status_code == 201, noted.json
    told = client.get(f"{API}/disclosures/{noted.json['id']}/dossier", headers=bearer(officer))
    assert told.status_code == 200, told.json
    return told.json


def test_she_is_told_who_was_told_of_her_which_fields_on_which_basis_and_when(road: Road, app: Flask) -> None:
    woman, _ = road.woman_on_her_way()
    road.consent(STUDENTS, woman)
    road.answer(Said.REFUSED, BAZNAS, woman)
    (journey,) = held_of(app, woman)["journeys"]
    told = {each["title"]["en"]: each for each in journey["shared"]}
    assert {name: (each["office"], each["basis"], each["fields"], each["service"]) for name, each in told.items()} == {
        "Verification": ("dinsos-mataram", "public-task", ["name", "nik"], "intake"),
        "Bookkeeping": ("perguruan-tinggi-mataram", "consent", ["name", "phone"], "training"),
    }
    assert all(each["is_held"] and each["at"] for each in told.values())
    assert [(each["title"]["en"], each["outcome"]) for each in journey["reports"]] == [("Verification", "eligible")]


def test_she_is_told_what_she_consented_to_and_that_what_she_took_back_is_deleted(road: Road, app: Flask) -> None:
    woman, _ = road.woman_on_her_way()
    road.consent(STUDENTS, woman)
    road.take_back(STUDENTS, woman)
    held = held_of(app, woman)
    assert [(each["recipient"], each["said"]) for each in held["consents"]] == [
        (STUDENTS, "given"),
        (STUDENTS, "withdrawn"),
    ]
    told = {each["title"]["en"]: each["is_held"] for each in held["journeys"][0]["shared"]}
    assert told == {"Verification": True, "Bookkeeping": False}


def test_what_left_the_log_long_ago_is_still_told_without_its_day(road: Road, app: Flask) -> None:
    woman, _ = road.woman_on_her_way()
    with road.database.transaction() as session:
        session.execute(delete(LoggedEvent))
    (journey,) = held_of(app, woman)["journeys"]
    assert [(each["title"]["en"], each["at"]) for each in journey["shared"]] == [("Verification", None)]


def test_she_is_told_who_looked_at_her_by_agency_role_day_and_purpose_and_by_no_name(road: Road, app: Flask) -> None:
    (woman,) = road.women()
    with road.database.transaction() as session:
        for _ in range(2):
            log_look(session, OFFICER, "person", woman, "person's page")
    told = held_of(app, woman)
    looks = {each["why"]: each for each in told["looks"]}
    assert looks.keys() == {"person's page", "disclosures", "disclosure"}  # her own request stands among them
    page = looks["person's page"]
    assert (page["agency"], page["office"], page["times"], page["day"]) == (
        *("dinsos", "dinsos-mataram", 2),
        clock.today().isoformat(),
    )
    assert OFFICER.name not in str(told)
    assert str(OFFICER.id) not in str(told)


def test_of_a_group_she_is_told_while_she_belonged_to_it_and_nothing_of_the_others(road: Road, app: Flask) -> None:
    members = road.women(2)
    group = road.group(members)
    (journey,) = road.open([group], GROUPS).opened.values()
    with road.database.transaction() as session:
        log_look(session, OFFICER, "group", group, f"referral {new_id()}")
        names = dict(session.execute(select(Person.id, Person.name)).all())
    held = held_of(app, members[0])
    assert [(each["role"], each["left_on"]) for each in held["groups"]] == [("member", None)]
    assert [each["group"] for each in held["journeys"]] == [held["groups"][0]["name"]]
    assert {each["why"] for each in held["looks"]} == {"referral", "disclosures", "disclosure"}
    assert names[members[1]] not in str(held)
    with road.database.transaction() as session:
        left = session.scalars(select(GroupMember).where(GroupMember.person_id == members[1])).one()
        left.joined_on, left.left_on = (clock.today() - timedelta(days=9),) * 2
    later = held_of(app, members[1])
    assert later["journeys"] == []
    assert {each["why"] for each in later["looks"]} == {"disclosures", "disclosure"}
    assert road.journey(journey).subject_id == group


def test_a_page_is_printed_for_her_in_both_languages_and_never_how_she_wishes_to_be_reached(
    road: Road, app: Flask
) -> None:
    woman, _ = road.woman_on_her_way()
    browser = Browser(app, OFFICER)
    noted = browser.submit(f"{PAGES}/persons/{woman}/disclosures", CARD)
    assert noted.status_code == 303
    shown = browser.get(f"{noted.location}/dossier").text
    assert "All that is held of" in shown
    assert '<div class="only-on-screen">' in shown
    assert "Dinas Sosial Kota Mataram" in shown
    assert "known aid" not in shown
    indonesian = Browser(app, replace(OFFICER, language="id"))
    assert "Semua data tentang" in indonesian.get(f"{noted.location}/dossier").text
    done = browser.submit(f"{noted.location}/answer", {"given": "paper"})
    assert done.status_code == 303
    assert "On paper; she took it with her" in browser.get(noted.location).text
    assert browser.submit(f"{noted.location}/answer", {}).status_code == 422


def test_every_request_has_its_clock_and_stands_in_the_list_until_it_is_answered(road: Road, app: Flask) -> None:
    (woman,) = road.women()
    noted = ask(road, woman)
    assert noted.due_at - noted.asked_at == timedelta(hours=72)
    listed = app.test_client().get(f"{API}/disclosures", headers=bearer(OFFICER)).json["items"]
    assert [(each["id"], each["is_overdue"]) for each in listed] == [(str(noted.id), False)]
    with clock.frozen(noted.due_at + timedelta(seconds=1)):
        assert "Overdue" in Browser(app, OFFICER).get(f"{PAGES}/disclosures").text
    answer(road, noted)
    assert app.test_client().get(f"{API}/disclosures", headers=bearer(OFFICER)).json["items"] == []
    with pytest.raises(AnsweredAlready):
        answer(road, noted)
    with road.database.reading() as session:
        kept = session.get_one(Disclosure, noted.id)
        assert (kept.answered_by, kept.given, kept.seen) == (OFFICER.id, Given.PAPER, "KTP 5271 … 9001")
        assert "disclosures" in session.scalars(select(Look.why).where(Look.subject_id == woman)).all()


def test_a_second_request_waits_for_the_answer_to_the_first(road: Road) -> None:
    (woman,) = road.women()
    noted = ask(road, woman)
    with pytest.raises(AskedAlready):
        ask(road, woman)
    with pytest.raises(IntegrityError):
        noted_past_the_commands(road, noted)
    answer(road, noted)
    assert ask(road, woman).id != noted.id


def test_only_an_office_that_registers_in_her_area_tells_her(road: Road, app: Flask) -> None:
    (woman,) = road.women()
    for officer, error in (
        (an_officer(office="baznas-mataram"), NotRegistering),
        (an_officer(office="dinsos-kukar"), OutsideArea),
    ):
        with pytest.raises(error):
            ask(road, woman, officer)
    noted = ask(road, woman)
    with pytest.raises(OtherOffice):
        answer(road, noted, an_officer(office="dp3a-kukar", areas=("52.71",)))
    elsewhere = bearer(an_officer(office="dinsos-kukar"))
    assert app.test_client().get(f"{API}/disclosures/{noted.id}/dossier", headers=elsewhere).status_code == 404


def test_nobody_asks_on_the_record_of_one_who_died_or_is_known_under_another(road: Road) -> None:
    (woman,) = road.women()
    with road.database.transaction() as session:
        session.get_one(Person, woman).died_on = clock.today()
    with pytest.raises(NotHerself):
        ask(road, woman)


def test_every_limit_of_the_law_says_where_it_comes_from_and_that_nobody_confirmed_it_yet() -> None:
    for term in (terms().disclosure, terms().correction, terms().breach_notice):
        assert (term.hours, term.verified) == (72, False)
        assert "UU 27/2022" in term.source


def test_a_request_sent_twice_under_one_key_is_noted_once(road: Road, app: Flask) -> None:
    (woman,) = road.women()
    key = {"Idempotency-Key": "a"}
    answers = [
        app.test_client().post(f"{API}/persons/{woman}/disclosures", headers=bearer(OFFICER) | key, json=CARD)
        for _ in range(2)
    ]
    assert [each.status_code for each in answers] == [201, 201]
    assert answers[0].json == answers[1].json
