"""What a stage that gives aid is told of the people behind it: identifiers, households and known aid, and no names."""

from datetime import date
from typing import Any

from sqlalchemy import select

from services.intake.registry.models import Household, HouseholdMember
from services.intake.registry.rules import Registry, Sex
from shared.bus.models import LoggedEvent
from shared.events.referrals import ParticularsMissing
from shared.kernel.ids import new_id
from shared.privacy import sealed as seals
from tests.intake.journeys.roads import KUBE, Road

SINCE = date(2020, 1, 1)


def test_a_stage_that_gives_aid_is_told_who_would_receive_it_without_a_name(road: Road) -> None:
    (woman,) = road.women(lists=(Registry.DTKS, Registry.BPNT))
    (husband,) = road.women(sex=Sex.MALE, lists=(Registry.PKH,))
    home = new_id()
    with road.database.transaction() as session:
        session.add(Household(id=home, kk="6402059001010001", kk_index=b"kk"))
        session.flush()
        session.add_all(HouseholdMember(person_id=each, household_id=home, since=SINCE) for each in (woman, husband))
    journey = road.open([woman]).opened[woman]
    road.complete("verification", "eligible", {}, journey)
    expected = {
        "person": str(woman),
        "household": str(home),
        "aid": ["BPNT"],
        "household_aid": ["BPNT", "PKH"],
    }
    assert "aid" not in sealed(road, "verification", "intake")
    told = sealed(road, "proposal", "grants")["aid"]
    assert told["beneficiaries"] == [expected]
    assert told["budget_year"] == 2023
    assert {"with": KUBE, "policy": "block", "per": "person"} in told["compatibility"]
    road.hear(road.of(ParticularsMissing, journey, "proposal"), source="grants")
    assert sealed(road, "proposal", "grants", "intake.particulars-shared.v1")["aid"] == told


def sealed(road: Road, stage: str, to: str, kind: str = "intake.stage-offered.v1") -> dict[str, Any]:
    """What was sealed for a service with the latest event of this kind (and, for an offer, of this stage)."""
    with road.database.reading() as session:
        rows = session.scalars(select(LoggedEvent).where(LoggedEvent.type == kind).order_by(LoggedEvent.seq)).all()
        row = [each for each in rows if f'"stage":"{stage}"' in each.body or kind != "intake.stage-offered.v1"][-1]
        return seals.unseal("intake", to, row.sealed[to], row.id)
