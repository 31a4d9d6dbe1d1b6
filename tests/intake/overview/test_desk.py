"""What waits for an officer among rights, records and programmes: at the start, and only where she can do it."""

import pytest
from flask import Flask

from services.intake.breaches import commands as breaches
from services.intake.breaches.rules import Cause, DataKind, Measure, Scope
from services.intake.corrections import commands as corrections
from services.intake.disclosures import commands as disclosures
from services.intake.registry.rules import Detail
from shared.identity.officer import Officer
from shared.kernel import clock
from tests.browsing import bearer
from tests.intake.changes.test_changes import a_review
from tests.intake.overview.test_overview import APPROVER, COORDINATOR, HEAD, NEIGHBOUR, OFFICER, PETUGAS, SHOWN
from tests.intake.sharing.roads import Road

EVERYBODY = {"OFFICER": OFFICER, "APPROVER": APPROVER, "HEAD": HEAD, "NEIGHBOUR": NEIGHBOUR}


def lines(app: Flask, who: Officer) -> list[dict[str, str]]:
    answer = app.test_client().get(f"/intake/v1/{who.agency}/desk", headers=bearer(who)).json
    return [each for each in answer["rows"] if each["kind"] != "referral"]


def a_disclosure(road: Road) -> str:
    with road.database.transaction() as session:
        noted = disclosures.note_request(session, OFFICER, road.women()[0], **SHOWN)
        return f"disclosures/{noted.id}"


def a_correction(road: Road) -> str:
    wanted = {Detail.NAME: "Aminah Sari"}
    with road.database.transaction() as session:
        noted = corrections.note_correction(session, PETUGAS, road.women()[0], evidence="KTP", wanted=wanted, **SHOWN)
        return f"corrections/{noted.id}"


def a_breach(road: Road) -> str:
    road.women()
    with road.database.transaction() as session:
        found = breaches.record_breach(
            session,
            COORDINATOR,
            data=[DataKind.IDENTITY],
            cause=Cause.LOST,
            what="Laptop hilang.",
            measures=[Measure.ACCESS_CLOSED],
            done="Laptop dikunci.",
            found_at=clock.now(),
            scope=Scope.AREA,
            area="52.71.01",
        )
        return f"breaches/{found.id}"


def duplicates(road: Road) -> str:
    a_review(road)
    return "duplicates"


def consents(road: Road) -> str:
    road.woman_on_her_way()
    return "journeys?state=consent"


@pytest.mark.parametrize(
    ("happens", "waits_for"),
    [
        (a_disclosure, {"OFFICER"}),
        (a_correction, {"APPROVER", "OFFICER"}),
        (a_breach, {"OFFICER"}),
        (duplicates, {"NEIGHBOUR"}),
        (consents, {"OFFICER"}),
    ],
)
def test_it_waits_for_whoever_can_do_it_and_leads_there(
    road: Road, app: Flask, happens: object, waits_for: set[str]
) -> None:
    address = happens(road)  # type: ignore[operator]
    for name, who in EVERYBODY.items():
        found = [each["address"] for each in lines(app, who)]
        assert found == ([f"/intake/dinsos/{address}"] if name in waits_for else []), name


def test_where_nothing_waits_there_is_no_row(app: Flask) -> None:
    assert [lines(app, who) for who in EVERYBODY.values()] == [[]] * len(EVERYBODY)
