"""What offices reported is kept, and told: to later stages as far as it is for them, to the leading office, to her."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from services.intake import app as intake
from services.intake.disclosures.dossier import dossier
from services.intake.journeys.models import StageReport
from services.intake.registry.models import Person
from shared.bus.models import LoggedEvent
from shared.events.intake import StageOffered
from shared.events.referrals import ReferralAccepted, ReferralCompleted
from shared.identity.rules import Role
from shared.privacy import sealed as seals
from shared.storage import Database
from tests.browsing import Browser, an_officer, bearer
from tests.intake.journeys.roads import OFFICER, WRSE_WAY, Road, heard

RAB = [{"number": 1, "item": "Wajan besar", "quantity": 2, "unit": "buah", "unit_price": 450_000, "total": 900_000}]


@pytest.fixture
def road(intake_db: Database) -> Road:
    return Road(intake_db)


def report(
    road: Road, journey: UUID, stage: str, outcome: str, facts: dict[str, Any] | None = None, **findings: Any
) -> ReferralCompleted:
    """Let an office report a stage, twice over, as the bus may bring it."""
    event = road.of(ReferralCompleted, journey, stage, outcome=outcome, facts=facts or {})
    road.hear(road.of(ReferralAccepted, journey, stage))
    once = heard(event, "grants", {"findings": findings} if findings else None)
    with road.database.transaction() as session:
        from services.intake.journeys.handlers import HEARS

        HEARS[ReferralCompleted].run(session, [once])
        HEARS[ReferralCompleted].run(session, [once])
    return event


def told(road: Road, journey: UUID, stage: str) -> list[dict[str, Any]]:
    """The reports that the latest offer of a stage brings along, as its service opens them."""
    offer = next(each for each in reversed(road.offers(journey)) if each.stage == stage)
    with road.database.reading() as session:
        logged = session.scalars(
            select(LoggedEvent).where(
                LoggedEvent.type == StageOffered.type_by("intake"), LoggedEvent.body.contains(str(offer.referral_id))
            )
        ).one()
        service = offer.does.partition(".")[0]
        part = seals.unseal("intake", service, logged.sealed[service], logged.id)
    found: list[dict[str, Any]] = part["particulars"].get("reports", [])
    return found


def at_file_check(road: Road) -> UUID:
    (journey,) = road.set_out()
    report(road, journey, "verification", "eligible", {"checked_on": "2023-01-02"}, evidence="Surat Dukcapil 12/2023")
    report(road, journey, "proposal", "submitted", {"total": 900_000, "lines": 1}, rab=RAB)
    return journey


def test_whoever_checks_the_file_sees_the_lines_of_the_budget(road: Road) -> None:
    journey = at_file_check(road)
    found = {each["stage"]: each for each in told(road, journey, "file_check")}
    assert found["proposal"]["findings"] == {"rab": RAB}
    assert found["verification"]["findings"] == {"evidence": "Surat Dukcapil 12/2023"}
    assert not any(each["sent_back"] for each in found.values())


def test_whoever_mends_reads_which_paper_is_missing_and_why(road: Road) -> None:
    journey = at_file_check(road)
    report(
        road, journey, "file_check", "mend", {"papers_missing": ["family-cards"]}, because="KK dua anggota belum ada."
    )
    (back,) = [each for each in told(road, journey, "proposal") if each["sent_back"]]
    assert (back["stage"], back["outcome"]) == ("file_check", "mend")
    assert back["facts"] == {"papers_missing": ["family-cards"]}
    assert back["findings"] == {"because": "KK dua anggota belum ada."}


def test_the_approver_reads_number_findings_and_remarks_of_the_field_check(road: Road) -> None:
    journey = at_file_check(road)
    report(road, journey, "file_check", "eligible")
    seen = {"berita_acara": "BA-7/LAP", "visited_on": "2023-02-01", "lives_there": True, "has_place": True}
    report(road, journey, "field_check", "eligible", seen, remarks="Teras rumah cukup luas.")
    (offer,) = [each for each in road.offers(journey) if each.stage == "decision"]
    assert offer.earlier["field_check"]["facts"] == seen
    found = {each["stage"]: each["findings"] for each in told(road, journey, "decision")}
    assert found["field_check"] == {"remarks": "Teras rumah cukup luas."}


def test_what_is_mended_is_no_reason_any_more(road: Road) -> None:
    journey = at_file_check(road)
    report(road, journey, "file_check", "mend", because="KK belum ada.")
    report(road, journey, "proposal", "submitted", {"total": 900_000, "lines": 1}, rab=RAB)
    report(road, journey, "file_check", "eligible")
    assert not any(each["sent_back"] for each in told(road, journey, "field_check"))
    with road.database.reading() as session:
        kept = session.scalars(select(StageReport).where(StageReport.stage == "file_check")).all()
    assert sorted((each.attempt, each.outcome) for each in kept) == [(1, "mend"), (2, "eligible")]


def test_what_was_told_once_is_told_again_when_a_service_has_lost_it(road: Road) -> None:
    from services.intake.journeys.handlers import HEARS
    from shared.events.intake import ParticularsShared
    from shared.events.referrals import ParticularsMissing

    journey = at_file_check(road)
    missing = road.of(ParticularsMissing, journey, "file_check")
    with road.database.transaction() as session:
        HEARS[ParticularsMissing].run(session, [heard(missing, "intake")])
    with road.database.reading() as session:
        logged = session.scalars(
            select(LoggedEvent).where(LoggedEvent.type == ParticularsShared.type_by("intake"))
        ).one()
        part = seals.unseal("intake", "intake", logged.sealed["intake"], logged.id)
    assert {each["stage"] for each in part["particulars"]["reports"]} == {"verification", "proposal"}


def test_the_leading_office_reads_every_attempt_and_others_only_the_facts(road: Road, home: Any) -> None:
    journey = at_file_check(road)
    report(road, journey, "file_check", "mend", {"papers_missing": ["family-cards"]}, because="KK belum ada.")
    app: Flask = intake.create(road.database)
    page = Browser(app, OFFICER).get(f"/intake/dinsos/journeys/{journey}").text
    for expected in (
        "What the offices reported",
        "KK belum ada.",
        "family cards (KK)",
        "Wajan besar",
        "Surat Dukcapil",
    ):
        assert expected in page, expected
    client = app.test_client()
    hers = client.get(f"/intake/v1/dinsos/journeys/{journey}", headers=bearer(OFFICER)).get_json()
    (checked,) = [each for each in hers["stages"] if each["stage"] == "file_check"]
    assert checked["reports"][0]["findings"] == {"because": "KK belum ada."}
    coordinator = an_officer(Role.COORDINATOR, office="bappeda-kaltim")
    seen = client.get(f"/intake/v1/bappeda/journeys/{journey}", headers=bearer(coordinator))
    if seen.status_code == 200:
        assert all(each["findings"] == {} for stage in seen.get_json()["stages"] for each in stage["reports"])


def test_she_is_told_what_was_found_of_her_and_nothing_of_others(road: Road) -> None:
    journey = at_file_check(road)
    for stage, outcome, facts in WRSE_WAY[2:6]:
        report(road, journey, stage, outcome, facts)
    report(road, journey, "hand_over", "as-agreed", {"lines": 1}, handed_over=RAB, witnesses=["Bu Ketua RT"])
    with road.database.reading() as session:
        person = session.get_one(Person, road.journey(journey).subject_id)
        (hers,) = dossier(session, OFFICER, person)["journeys"]
    found = {each["title"]["en"]: each["findings"] for each in hers["reports"]}
    assert {"rab": RAB} in found.values()
    assert {"handed_over": RAB} in found.values()
    assert "Bu Ketua RT" not in str(hers)
