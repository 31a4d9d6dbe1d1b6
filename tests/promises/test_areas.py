"""Areas limit what an officer sees, also across regions and also where her role reads what other agencies do."""

import re
from pathlib import Path

import pytest
from sqlalchemy import literal, select

from services.grants.cooperative.queries import cooperatives_of
from services.grants.funds.models import Fund
from services.grants.funds.queries import funds_of
from services.grants.funds.rules import Source
from services.grants.goods.queries import grants_of
from services.grants.loans.queries import loans_of
from services.grants.zakat.queries import cases_of
from services.intake.journeys import queries as journeys
from shared.identity import areas, offices
from shared.identity.rules import Role
from shared.kernel.ids import new_id
from shared.referrals.queries import Wanted, worklist
from tests.browsing import an_officer
from tests.intake.journeys.roads import Road

COORDINATORS = {
    "bappeda-kaltim": "64",
    "bappeda-kukar": "64.02",
    "bappeda-mataram": "52.71",
    "bappeda-tangsel": "36.74",
}


@pytest.mark.parametrize(("office", "region"), COORDINATORS.items())
def test_a_coordinator_reads_the_offices_of_her_own_region_and_no_other(office, region):
    coordinator = an_officer(Role.COORDINATOR, office=office)
    known = offices.all_offices()
    assert {known[each].region for each in offices.readable(coordinator)} <= {
        each.region for each in known.values() if offices.covers(region, each.region)
    }
    assert office in offices.readable(coordinator)


def test_whoever_does_not_read_everywhere_reads_her_own_office():
    assert offices.readable(an_officer(office="dp3a-kukar")) == ("dp3a-kukar",)


def test_a_coordinator_of_mataram_sees_no_journey_of_east_kalimantan(intake_db):
    road = Road(intake_db)
    (journey,) = road.set_out()
    for office, sees in (("bappeda-kaltim", True), ("bappeda-mataram", False), ("bappeda-tangsel", False)):
        coordinator = an_officer(Role.COORDINATOR, office=office)
        with road.database.reading() as session:
            listed = [each.id for each in journeys.journeys(session, coordinator).items]
        assert (journey in listed) is sees


def test_a_coordinator_sees_the_funds_of_her_region_only(grants_db):
    common = {"title": "Dana", "budget_year": 2023, "ceiling": 1, "ceiling_note": "contoh", "opened_by": new_id()}
    with grants_db.transaction() as session:
        session.add(Fund(id="apbd-kaltim", source=Source.APBD, owner_office="dinsos-kaltim", **common))
        session.add(Fund(id="zakat-mataram", source=Source.ZAKAT, owner_office="baznas-mataram", **common))
        session.flush()
        for office, sees in (("bappeda-kaltim", {"apbd-kaltim"}), ("bappeda-mataram", {"zakat-mataram"})):
            coordinator = an_officer(Role.COORDINATOR, office=office)
            assert {each.id for each in session.scalars(funds_of(coordinator))} == sees


@pytest.mark.parametrize("listed", [cooperatives_of, loans_of, cases_of])
def test_every_list_of_grants_asks_for_the_offices_of_her_areas(listed):
    asked = str(
        listed(an_officer(Role.COORDINATOR, office="bappeda-mataram")).compile(compile_kwargs={"literal_binds": True})
    )
    assert "'baznas-mataram'" in asked
    assert "'dinsos-kaltim'" not in asked


def test_grants_and_worklists_ask_for_the_areas_themselves():
    coordinator = an_officer(Role.COORDINATOR, office="bappeda-tangsel")
    for asked in (grants_of(coordinator), worklist(coordinator, "dp3a", Wanted())):
        assert "36.74" in str(asked.compile(compile_kwargs={"literal_binds": True}))


ROOT = Path(__file__).parents[2]
HERE = ("shared/identity/areas.py", "shared/places/areas.py")
OF_ONES_OWN = re.compile(r"area\w*(\.c)?\)?\.(startswith|like|ilike|regexp_match|op)\(|or_\(\*\[")


def test_what_lies_within_an_area_is_said_in_one_place():
    """A prefix of one's own forgets the dot; an `or_` of a list restricts nothing when the list is empty."""
    own = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in ("services", "shared")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if str(path.relative_to(ROOT)) not in HERE
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if OF_ONES_OWN.search(line)
    ]
    assert own == []


@pytest.mark.parametrize(
    ("hers", "area", "lies_within"),
    [
        (("64.02",), "64.02", True),
        (("64.02",), "64.02.05.2001", True),
        (("64.02",), "64.021", False),
        (("64.02",), "64", False),
        (("64.0%",), "64.02", False),
        (("64_02",), "64.02.05", False),
        (("52.71", "64"), "64.02.05", True),
        ((), "64.02", False),
    ],
)
def test_an_area_covers_itself_and_what_lies_in_it_and_no_areas_cover_nothing(intake_db, hers, area, lies_within):
    assert any(areas.covers(own, area) for own in hers) is lies_within
    with intake_db.reading() as session:
        assert session.scalar(select(areas.within(literal(area), hers))) is lies_within
