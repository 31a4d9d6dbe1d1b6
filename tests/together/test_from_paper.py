"""Journeys that began on paper are brought in, go on through all four services, and end as if Kail had known them."""

import json
from dataclasses import replace

import pytest

from services.simulate import begin
from services.simulate.accounts import demo_clients
from services.simulate.begin import WRSE
from services.simulate.chance import Chance
from tests.copies import Copy, errors_in
from tests.servers import own_part

pytestmark = pytest.mark.long

AREA = "/intake/v1/dinsos"
FEW = 300
"""Persons of each registry: enough that some qualify."""
SEED = "2"
"""A luck with which neither of the two steps back."""
CHAIN = (
    ("verification", "eligible", "2023-01-09", "", ""),
    ("proposal", "submitted", "2023-01-20", "12/RAB", "2900000"),
    ("file_check", "eligible", "2023-02-01", "", ""),
    ("field_check", "eligible", "2023-02-10", "", ""),
    ("decision", "accepted", "2023-03-01", "460/1/SK", "2900000"),
    ("briefing", "attended", "2023-03-15", "", ""),
    ("hand_over", "as-agreed", "2023-03-31", "460/2/BAST", "2900000"),
)
BEGUN, GIVEN = CHAIN[:1], CHAIN
"""One has only been verified, and everything of the grant is done in Kail; another has her goods already."""


@pytest.fixture
def copy(tmp_path):
    with own_part() as given:
        one = Copy(tmp_path / "home", given)
        yield one
        one.end()


@pytest.fixture
def officers(copy):
    copy.up()
    everybody = demo_clients(copy.home, copy.port)
    yield {(each.office, role): each for each in everybody for role in each.roles}
    for each in everybody:
        each.close()


def acts(who, papers):
    named = ("stage", "outcome", "date", "number", "amount")
    return [{"who": who, **dict(zip(named, each, strict=True))} for each in papers]


def test_journeys_brought_in_from_paper_reach_their_ends_and_the_audit_is_clean(copy, officers):
    beginning = begin.beginning_of(WRSE)
    officer, head = officers[beginning.office, "officer"], officers[beginning.office, "head"]
    small = [replace(each, persons=FEW) for each in begin.needed([beginning])]
    begin.bring_in_registries({beginning.office: officer}, 1, small)
    one, other = begin.choose_women(replace(beginning, doubled=""), officer, Chance(1), 2)
    told = {"programme": WRSE, "acts": [*acts(one, BEGUN), *acts(other, GIVEN)]}
    brought = head.post(f"{AREA}/journeys/brought-in", told)
    assert (len(brought["brought_in"]), brought["refused"]) == (2, [])
    report = json.loads(copy.kail("simulate", "--seed", SEED, "--speed", "max", "--programme", WRSE, "--json").stdout)
    assert sum(report["outcomes"][WRSE].values()) == 2, "nobody set out besides"
    assert "open" not in report["outcomes"][WRSE]
    assert report["refusals"] == {}
    for subject, papers in ((one, BEGUN), (other, GIVEN)):
        (journey,) = [each["journey_id"] for each in brought["brought_in"] if each["subject_id"] == subject]
        found = head.get(f"{AREA}/journeys/{journey}")
        assert (found["status"], found["outcome"]) == ("ended", "graduated")
        on_paper = {each["stage"]: act["done_on"] for each in found["stages"] for act in each["brought_in"]}
        assert on_paper == {stage: day for stage, _, day, *_ in papers}
        assert {each["standing"] for each in found["stages"]} == {"done"}
    assert json.loads(copy.kail("audit", "--json").stdout) == {"clean": True, "findings": []}
    assert errors_in(copy.home / "logs") == []
