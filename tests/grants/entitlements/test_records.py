"""One woman, two records: what she was given under either is hers, in whatever order it is heard."""

from typing import Any
from uuid import UUID

import pytest

from services.grants.entitlements import queries, rules
from services.grants.entitlements.rules import AidGivenBefore, ClaimState
from shared.events.intake import PersonsMerged, PersonsParted
from shared.kernel import ids
from shared.persons.handlers import HEARS
from tests.grants.desk import AS_AGREED, Desk, deed, heard, order, sk, somebody
from tests.grants.entitlements.stories import KUBE, WRSE, claims, granted, journey, states


def hear(desk: Desk, *events: Any) -> None:
    with desk.database.transaction() as session:
        for event in events:
            HEARS[type(event)].run(session, [heard(event)])


def merge(desk: Desk, record: UUID, person: UUID, revision: int = 1) -> None:
    hear(desk, PersonsMerged(record_id=record, person_id=person, revision=revision))


def realised(desk: Desk, person: UUID, programme: str = KUBE) -> UUID:
    found = granted(desk, [somebody(person)], programme)
    (referral,) = desk.take("hand-over", [found])
    desk.complete([referral], {"order": order(), "deed": deed(), "lines": AS_AGREED})
    return found


def decide(desk: Desk, *people: UUID, programme: str = KUBE) -> UUID:
    (referral,) = desk.take("decision", [journey(desk, [somebody(each) for each in people], programme)])
    desk.record(referral, sk())
    return referral


A, B, C = "record without NIK", "record that lives", "a third record"


@pytest.mark.parametrize(
    ("given_to", "merges", "asks", "may"),
    [
        (A, [], B, True),
        (A, [(A, B)], B, False),
        (B, [(A, B)], A, False),
        (A, [(A, B)], A, False),
        (A, [(A, C), (B, C)], B, False),
        (B, [(A, C), (B, C)], A, False),
        (A, [(A, C), (B, C)], C, False),
        (A, [(C, B)], B, True),
    ],
)
@pytest.mark.parametrize("merge_first", [True, False], ids=["merge heard first", "share heard first"])
def test_what_was_given_under_one_record_counts_under_all(
    desk: Desk, given_to: str, merges: list[tuple[str, str]], asks: str, may: bool, merge_first: bool
) -> None:
    ids_of = {name: ids.new_id() for name in (A, B, C)}

    def heard_of() -> None:
        for one, other in merges:
            merge(desk, ids_of[one], ids_of[other])

    if merge_first:
        heard_of()
    realised(desk, ids_of[given_to])
    if not merge_first:
        heard_of()
    if may:
        decide(desk, ids_of[asks])
        return
    with pytest.raises(AidGivenBefore):
        decide(desk, ids_of[asks])
    with desk.database.reading() as session:
        assert queries.audit(session) == []


def test_after_the_undoing_each_record_has_its_own_again(desk: Desk) -> None:
    record, person = ids.new_id(), ids.new_id()
    merge(desk, record, person)
    realised(desk, record)
    hear(desk, PersonsParted(record_id=record, revision=2))
    decide(desk, person)


def test_two_shares_that_a_merge_brings_together_are_found_by_the_audit(desk: Desk) -> None:
    record, person = ids.new_id(), ids.new_id()
    for each in (record, person):
        granted(desk, [somebody(each)])
    with desk.database.reading() as session:
        assert queries.audit(session) == []
    merge(desk, record, person)
    with desk.database.reading() as session:
        (found,) = queries.audit(session)
    assert "both have a share of one person" in found.says


def test_her_account_holds_what_she_has_under_every_record(desk: Desk) -> None:
    record, person = ids.new_id(), ids.new_id()
    journeys = {realised(desk, record), granted(desk, [somebody(person)], WRSE)}
    merge(desk, record, person)
    with desk.database.reading() as session:
        for asked in (record, person):
            known = queries.people_for(session, desk.officer, person=asked)
            assert known == sorted([record, person])
            assert {each.journey_id for each, _ in session.execute(queries.claims_of(known))} == journeys


def test_who_is_named_twice_in_a_group_has_one_share(desk: Desk) -> None:
    record, person = sorted([ids.new_id(), ids.new_id()])
    merge(desk, record, person)
    found = granted(desk, [somebody(record), somebody(person), somebody()])
    assert sorted(each.amount for each in claims(desk, found)) == [7_500_000, 7_500_000]


def test_a_share_reserved_before_the_merge_is_the_one_that_is_approved_after_it(desk: Desk) -> None:
    record, person = ids.new_id(), ids.new_id()
    found = journey(desk, [somebody(record)])
    referrals = desk.prepare([found])
    merge(desk, record, person)
    desk.complete(referrals, by=desk.approver)
    assert [(each.person_id, each.state) for each in claims(desk, found)] == [(record, ClaimState.COMMITTED)]
    assert states(desk, found) == {ClaimState.COMMITTED}


@pytest.mark.parametrize("merged_first", [True, False])
def test_a_ceiling_over_the_year_counts_all_her_records(desk: Desk, merged_first: bool) -> None:
    other = "lain-2023"
    allow = [{"with": other, "policy": "allow", "per": "person"}]
    desk.terms[other] = {"budget_year": 2023, "compatibility": allow}
    record, person = ids.new_id(), ids.new_id()
    if merged_first:
        merge(desk, record, person)
    granted(desk, [somebody(record)], other)
    merge(desk, record, person, 2)
    again = journey(desk, [somebody(person)], other)
    (referral,) = desk.take("decision", [again])
    with pytest.raises(rules.YearCeilingReached):
        desk.record(referral, sk())
