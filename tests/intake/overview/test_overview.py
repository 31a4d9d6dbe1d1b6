"""One page says what each of the pages beneath it is for, and how many wait there for whoever looks."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from services.intake.breaches import commands as breaches
from services.intake.breaches.rules import Cause, DataKind, Measure, Scope, Way
from services.intake.corrections import commands as corrections
from services.intake.corrections.rules import RefusalReason
from services.intake.disclosures import commands as disclosures
from services.intake.disclosures.rules import Given
from services.intake.registry.rules import Detail
from services.intake.rights.rules import Identified
from services.intake.rights.terms import terms
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock
from tests.browsing import Browser, an_officer, bearer
from tests.intake.changes.test_changes import a_review
from tests.intake.sharing.roads import BAZNAS, OFFICER, STUDENTS, Road

DATA = "/intake/dinsos/data"
APPROVER = an_officer(Role.APPROVER, office="dinsos-mataram")
HEAD = an_officer(Role.HEAD, office="dinsos-kaltim")
PETUGAS = an_officer(Role.OFFICER, office="dinsos-mataram")
NEIGHBOUR = an_officer(Role.OFFICER, office="dinsos-kaltim")
COORDINATOR = an_officer(Role.COORDINATOR, office="bappeda-mataram")
OTHERS = "1 waits for a colleague's decision"
SHOWN: dict[str, Any] = {"identified": Identified.ID_CARD, "seen": "KTP 5271 … 9001"}
SECOND = "Second person asked"


def said(app: Flask, officer: Officer, agency: str = "dinsos") -> dict[str, list[str]]:
    """What the page says beside each title."""
    answer = Browser(app, officer).get(f"/intake/{agency}/data")
    assert answer.status_code == 200
    cards = re.findall(r'<h3><a href="[^"]+">([^<]+)</a></h3>(.*?)</li>', answer.text, re.DOTALL)
    return {title: re.findall(r'(?:</svg>|class="muted">)([^<]+)</span>', rest) for title, rest in cards}


def test_who_may_open_which_pages_is_told_of_these(app: Flask) -> None:
    both = {"Requests for own data", "Corrections", "Consents", "Data breaches", "Duplicate records", "Deaths", SECOND}
    assert set(said(app, OFFICER)) == both
    assert set(said(app, APPROVER)) == {"Corrections", "Deaths", SECOND}
    assert set(said(app, COORDINATOR, "bappeda")) == {"Data breaches", "Papers of data protection"}


def test_where_nothing_waits_it_says_so(app: Flask) -> None:
    entries = said(app, OFFICER)
    assert entries.pop("Deaths") == []
    assert all(each == ["Nothing waits"] for each in entries.values())


def test_requests_wait_until_they_are_answered_and_only_for_who_works_there(road: Road, app: Flask) -> None:
    for each in road.women(2):
        with road.database.transaction() as session:
            noted = disclosures.note_request(session, OFFICER, each, **SHOWN)
    assert said(app, PETUGAS)["Requests for own data"] == ["2 wait for you"]
    assert said(app, NEIGHBOUR)["Requests for own data"] == ["Nothing waits"]
    with road.database.transaction() as session:
        disclosures.note_answer(session, OFFICER, noted.id, given=Given.PAPER)
    assert said(app, PETUGAS)["Requests for own data"] == ["1 waits for you"]
    with clock.frozen(clock.now() + timedelta(hours=terms().disclosure.hours, minutes=1)):
        assert said(app, PETUGAS)["Requests for own data"] == ["1 waits for you", "1 overdue"]


def test_a_correction_waits_for_whoever_may_decide_on_it(road: Road, app: Flask) -> None:
    with road.database.transaction() as session:
        noted = corrections.note_correction(
            session, PETUGAS, road.women()[0], evidence="KTP", wanted={Detail.NAME: "Aminah Sari"}, **SHOWN
        )
    assert said(app, PETUGAS)["Corrections"] == [OTHERS]
    assert said(app, APPROVER)["Corrections"] == ["1 waits for you"]
    with road.database.transaction() as session:
        corrections.refuse_correction(
            session, APPROVER, noted.id, reason=RefusalReason.OTHER, explanation="Tidak terbukti."
        )
    assert said(app, APPROVER)["Corrections"] == ["Nothing waits"]


def test_a_breach_waits_until_everybody_here_and_the_authority_were_told(road: Road, app: Flask) -> None:
    (woman,) = road.women()
    failure: dict[str, Any] = {
        "data": [DataKind.IDENTITY],
        "cause": Cause.LOST,
        "what": "Laptop hilang.",
        "measures": [Measure.ACCESS_CLOSED],
        "done": "Laptop dikunci.",
        "found_at": clock.now(),
    }
    with road.database.transaction() as session:
        found = breaches.record_breach(session, COORDINATOR, **failure, scope=Scope.AREA, area="52.71.01")
    assert said(app, OFFICER)["Data breaches"] == ["1 waits for you"]
    assert said(app, NEIGHBOUR)["Data breaches"] == ["Nothing waits"]
    with road.database.transaction() as session:
        breaches.note_told(session, OFFICER, found.id, person_ids=[woman], told_at=clock.now(), way=Way.VISIT)
    assert said(app, COORDINATOR, "bappeda")["Data breaches"] == ["1 waits for you"]
    with road.database.transaction() as session:
        breaches.note_authority_told(session, COORDINATOR, found.id, told_at=clock.now(), note="Surat 1")
    assert said(app, COORDINATOR, "bappeda")["Data breaches"] == ["Nothing waits"]


def test_journeys_that_wait_for_consent_are_counted_and_listed(road: Road, app: Flask) -> None:
    woman, journey = road.woman_on_her_way()
    assert said(app, OFFICER)["Consents"] == ["1 waits for you"]
    listed = app.test_client().get("/intake/v1/dinsos/journeys?state=consent", headers=bearer(OFFICER)).json
    assert [each["id"] for each in listed["items"]] == [str(journey)]
    for recipient in (BAZNAS, STUDENTS):
        road.consent(recipient, woman)
    assert said(app, OFFICER)["Consents"] == ["Nothing waits"]


def test_two_records_with_one_nik_wait_for_an_officer(road: Road, app: Flask) -> None:
    a_review(road)
    assert said(app, NEIGHBOUR)["Duplicate records"] == ["1 waits for you"]
    assert said(app, HEAD)["Duplicate records"] == [OTHERS]
    assert said(app, PETUGAS)["Duplicate records"] == ["Nothing waits"]


@pytest.mark.parametrize(("officer", "agency"), [(OFFICER, "dinsos"), (COORDINATOR, "bappeda")])
def test_each_page_beneath_leads_back_to_it(app: Flask, officer: Officer, agency: str) -> None:
    browser, data = Browser(app, officer), f"/intake/{agency}/data"
    beneath = re.findall(r'<h3><a href="([^"?]+)">', browser.get(data).text)
    assert len(beneath) >= 2
    for address in beneath:
        page = browser.get(address).text
        assert f'class="govuk-back-link" href="{data}"' in page, address
        assert f'<a href="{data}" aria-current="page"' in page, address


def test_however_many_wait_it_takes_the_same_few_queries(road: Road, app: Flask) -> None:
    def statements() -> int:
        seen: list[str] = []

        def listen(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            if "count(" in statement:  # others say who connects and who is signed in
                seen.append(statement)

        event.listen(road.database.engine, "before_cursor_execute", listen)
        said(app, OFFICER)
        event.remove(road.database.engine, "before_cursor_execute", listen)
        return len(seen)

    none = statements()
    assert none == 6
    for each in road.women(3):
        with road.database.transaction() as session:
            disclosures.note_request(session, OFFICER, each, **SHOWN)
    assert statements() == none
