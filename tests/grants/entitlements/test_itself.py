"""The same programme for the same person twice in a year, and a ceiling that holds over the year."""

import pytest

from services.grants.entitlements import queries, rules
from services.grants.entitlements.rules import Beneficiary, Claim, ClaimState, Per, Term
from services.grants.funds.commands import close_year
from shared.kernel import ids
from shared.programmes.definition import Policy
from shared.storage import Database
from tests.grants.desk import AS_AGREED, FUND, HEAD, RAB, Desk, deed, order, sk, somebody
from tests.grants.entitlements.stories import KUBE, granted, journey
from tests.grants.lender import GRANT, approved, baznas, loan

ANA, HUSBAND, HOME = sorted(ids.new_id() for _ in range(3))
OTHER = "lain-2023"


def said(policy: Policy, per: Per = Per.PERSON) -> Term:
    return Term(KUBE, policy, per)


@pytest.mark.parametrize(
    ("terms", "programme", "person", "expected"),
    [
        ((), KUBE, ANA, Policy.BLOCK),
        ((said(Policy.ALLOW),), KUBE, ANA, Policy.ALLOW),
        ((said(Policy.WARN),), KUBE, ANA, Policy.WARN),
        ((said(Policy.BLOCK),), KUBE, ANA, Policy.BLOCK),
        ((Term(OTHER, Policy.ALLOW, Per.PERSON),), KUBE, ANA, Policy.BLOCK),
        ((), OTHER, ANA, Policy.ALLOW),
        ((), KUBE, HUSBAND, None),
        ((said(Policy.BLOCK, Per.HOUSEHOLD),), KUBE, HUSBAND, Policy.BLOCK),
    ],
)
def test_a_programme_excludes_itself_unless_its_file_says_otherwise(terms, programme, person, expected) -> None:
    had = Claim(programme, terms, "dinsos", "dinsos-kaltim", person, HOME, 1, ClaimState.REALISED)
    found = rules.met(KUBE, terms, [Beneficiary(ANA, HOME)], [had])
    assert [each.policy for each in found] == ([] if expected is None else [expected])


def reserved(desk: Desk, person: dict) -> None:
    desk.prepare([journey(desk, [person])])


def committed(desk: Desk, person: dict) -> None:
    granted(desk, [person])


def realised(desk: Desk, person: dict) -> None:
    (referral,) = desk.take("hand-over", [granted(desk, [person])])
    desk.complete([referral], {"order": order(), "deed": deed(), "lines": AS_AGREED})


def in_a_group(desk: Desk, person: dict) -> None:
    granted(desk, [somebody(), person, somebody()])


def refused(desk: Desk, person: dict) -> None:
    desk.decide([journey(desk, [person])], "refused")


def reserve_listed(desk: Desk, person: dict) -> None:
    desk.decide([journey(desk, [person])], "reserve")


def lapsed(desk: Desk, person: dict) -> None:
    granted(desk, [person])
    with desk.database.transaction() as session:
        close_year(session, HEAD, FUND)
    desk.open_fund(fund_id="apbd-kaltim-2023-lagi")


@pytest.mark.parametrize(
    ("before", "may"),
    [
        (reserved, False),
        (committed, False),
        (realised, False),
        (in_a_group, False),
        (refused, True),
        (reserve_listed, True),
        (lapsed, True),
    ],
)
def test_the_same_programme_is_not_given_twice_in_a_year(desk: Desk, before, may: bool) -> None:
    before(desk, ana := somebody())
    again = journey(desk, [ana])
    (referral,) = desk.take("decision", [again], **({"fund": "apbd-kaltim-2023-lagi"} if before is lapsed else {}))
    if may:
        desk.record(referral, sk())
        return
    with pytest.raises(rules.AidGivenBefore) as no:
        desk.record(referral, sk())
    assert list(no.value.errors) == ["verdict"]
    desk.record(referral, sk("refused"))
    with desk.database.reading() as session:
        assert queries.audit(session) == []


@pytest.mark.parametrize("work", [GRANT, loan()], ids=["given", "lent"])
def test_zakat_of_one_programme_is_not_given_or_lent_twice_in_a_year(grants_db: Database, work: dict) -> None:
    desk = baznas(grants_db)
    ana = somebody()
    for first in (True, False):
        asked = ids.new_id()
        desk.people[asked] = [ana]
        (referral,) = desk.take("support", [asked])
        if first:
            desk.record(referral, work)
            desk.complete([referral], approved(), by=desk.approver)
            continue
        with pytest.raises(rules.AidGivenBefore):
            desk.record(referral, work)


@pytest.mark.parametrize(
    ("ceiling", "shares", "before", "above"),
    [
        (3, {ANA: 2}, {ANA: 1}, set()),
        (3, {ANA: 3}, {ANA: 1}, {ANA}),
        (3, {ANA: 3}, {}, set()),
        (3, {ANA: 3}, {HUSBAND: 1}, set()),
        (6, {ANA: 3, HUSBAND: 3}, {ANA: 1}, {ANA}),
        (8, {ANA: 3, HUSBAND: 3}, {ANA: 1}, set()),
        (None, {ANA: 3}, {ANA: 9}, set()),
    ],
)
def test_a_ceiling_holds_over_what_somebody_was_given_this_year(ceiling, shares, before, above) -> None:
    assert rules.above_ceiling(ceiling, shares, before) == above


@pytest.mark.parametrize(("price", "year", "may"), [(1_000, 2023, True), (1_001, 2023, False), (1_001, 2024, True)])
def test_where_a_file_allows_it_the_ceiling_holds_over_the_year(desk: Desk, price: int, year: int, may: bool) -> None:
    allow = [{"with": OTHER, "policy": "allow", "per": "person"}]
    desk.terms[OTHER] = {"budget_year": 2023, "compatibility": allow}
    ana, line = somebody(), RAB[0] | {"quantity": 1}
    for amount in (2_000, price):
        asked = ids.new_id()
        desk.people[asked], desk.programmes[asked] = [ana], OTHER
        desk.propose(journeys=[asked], lines=[line | {"unit_price": amount}])
        (referral,) = desk.take("decision", [asked], ceiling=3_000)
        if amount == price and not may:
            with pytest.raises(rules.YearCeilingReached):
                desk.record(referral, sk())
            return
        desk.record(referral, sk())
        desk.complete([referral], by=desk.approver)
        desk.terms[OTHER] = {"budget_year": year, "compatibility": allow}
