"""Second chances run out, and a batch is nothing but its events one by one."""

import random

import pytest
from sqlalchemy import select

from services.intake.journeys import commands
from services.intake.journeys.models import Journey
from shared.events.intake import JourneyEnded, JourneyOutcome
from shared.events.referrals import ReferralCompleted, ReferralDeclined
from shared.programmes.engine import StageNotStuck
from tests.intake.journeys.roads import OFFICER, Road

PROPOSED = {"total": 2_900_000, "lines": 3}
OUTCOMES = ("eligible", "mend", "check-dukcapil", "not-eligible")


def test_a_file_to_be_mended_goes_back_to_its_proposal_twice_and_then_ends(road: Road) -> None:
    (journey,) = road.set_out()
    road.complete("verification", "eligible", {}, journey)
    for chance in (1, 2, 3):
        road.complete("proposal", "submitted", PROPOSED, journey)
        assert road.offers(journey)[-1].attempt == chance
        road.complete("file_check", "mend", {}, journey)
    (ended,) = road.said(JourneyEnded)
    assert (ended.outcome, ended.because) == (JourneyOutcome.REFUSED, "file_check")


def test_the_answer_to_an_offer_that_was_taken_back_comes_too_late(road: Road) -> None:
    (journey,) = road.set_out()
    first = road.referral(journey, "verification")
    road.staff("dinsos-kaltim")
    with road.database.transaction() as session:
        commands.reoffer_stage(session, OFFICER, journey, "verification", "dinsos-kaltim")
    late = {"referral_id": first, "reason": "no-budget", "suggestion": "offer-elsewhere"}
    road.hear(road.of(ReferralDeclined, journey, "verification", **late))
    assert not road.journey(journey).is_stuck
    road.hear(road.of(ReferralCompleted, journey, "verification", referral_id=first, outcome="mend", facts={}))
    assert [offer.stage for offer in road.offers(journey)] == ["verification", "verification"]


def test_a_stage_that_an_office_works_on_is_not_offered_again(road: Road) -> None:
    (journey,) = road.set_out()
    road.complete("verification", "eligible", {}, journey)
    with pytest.raises(StageNotStuck), road.database.transaction() as session:
        commands.reoffer_stage(session, OFFICER, journey, "verification")


def test_a_batch_does_what_its_events_do_one_by_one(road: Road) -> None:
    together, alone = road.set_out(6), road.set_out(6)
    chosen = random.Random(2023).choices(OUTCOMES, k=6)

    def reports(journeys: list) -> list:
        return [
            road.of(ReferralCompleted, journey, "verification", outcome=outcome, facts={})
            for journey, outcome in zip(journeys, chosen, strict=True)
        ]

    road.hear(*reports(together))
    for report in reports(alone):
        road.hear(report)
    assert [standing(road, each) for each in together] == [standing(road, each) for each in alone]
    assert [told(road, each) for each in together] == [told(road, each) for each in alone]


def standing(road: Road, journey_id: object) -> object:
    with road.database.reading() as session:
        row = session.scalars(select(Journey).where(Journey.id == journey_id)).one()
    stages = {name: {**stage, "referral": None, "due_at": None} for name, stage in row.state["stages"].items()}
    return row.status, row.outcome, row.because, row.is_stuck, stages


def told(road: Road, journey_id: object) -> list[str]:
    return [each.kind for each in road.said() if each.journey_id == journey_id]
