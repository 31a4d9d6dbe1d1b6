from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.grants.goods import rules
from services.grants.goods.rules import Condition, Delivery, GrantState, HandOverOutcome, Line
from shared.kernel import ids
from shared.kernel.errors import DomainError
from tests.refusals import refused

FREEZER = Line(number=1, quantity=2, unit_price=3_000_000)


@pytest.mark.parametrize(
    ("condition", "quantity", "price", "realised", "freed", "closed"),
    [
        (Condition.AS_AGREED, 2, 3_000_000, 6_000_000, 0, True),
        (Condition.AS_AGREED, 2, 2_900_000, 5_800_000, 200_000, True),  # cheaper: the saving goes back
        (Condition.SHORT, 1, 3_000_000, 3_000_000, 0, False),  # the deficit stays open
        (Condition.SHORT, 1, 5_500_000, 5_500_000, 0, False),  # dearer, so fewer
        (Condition.DAMAGED, 1, 3_000_000, 3_000_000, 0, False),
        (Condition.DAMAGED, 0, 3_000_000, 0, 0, False),
        (Condition.REFUSED, 0, 3_000_000, 0, 0, False),
    ],
)
def test_a_delivery_is_taken_over_as_it_was_found(
    condition: Condition, quantity: int, price: int, realised: int, freed: int, closed: bool
) -> None:
    settled = rules.deliver(FREEZER, Delivery(1, condition, quantity, price))
    assert (settled.realised, settled.freed) == (realised, freed)
    assert settled.line == Line(1, 2, 3_000_000, received=quantity, realised=realised, closed=closed)


@pytest.mark.parametrize(
    ("condition", "quantity", "price", "refusal", "figures"),
    [
        (Condition.AS_AGREED, 3, 1, rules.MoreThanOpen, {"quantity": 3, "open": 2}),
        (
            *(Condition.AS_AGREED, 1, 3_000_000, rules.QuantityContradictsCondition),
            {"quantity": 1, "condition": "as-agreed", "open": 2},
        ),
        (
            *(Condition.SHORT, 2, 3_000_000, rules.QuantityContradictsCondition),
            {"quantity": 2, "condition": "short", "open": 2},
        ),
        (
            *(Condition.SHORT, 0, 3_000_000, rules.QuantityContradictsCondition),
            {"quantity": 0, "condition": "short", "open": 2},
        ),
        (
            *(Condition.DAMAGED, -1, 3_000_000, rules.QuantityContradictsCondition),
            {"quantity": -1, "condition": "damaged", "open": 2},
        ),
        (
            *(Condition.REFUSED, 1, 3_000_000, rules.QuantityContradictsCondition),
            {"quantity": 1, "condition": "refused", "open": 2},
        ),
        (  # no silent overrun
            *(Condition.AS_AGREED, 2, 3_000_001, rules.AboveRab),
            {"cost": "Rp6.000.002", "left": "Rp6.000.000"},
        ),
    ],
)
def test_a_finding_that_contradicts_itself_or_the_rab_is_refused(
    condition: Condition, quantity: int, price: int, refusal: type[DomainError], figures: dict[str, Any]
) -> None:
    with refused(refusal, number=1, **figures):
        rules.deliver(FREEZER, Delivery(1, condition, quantity, price))


@pytest.mark.parametrize(
    ("first", "then", "above"),
    [
        ((2, 3_000_000), (3, 3_000_000), None),
        ((2, 3_000_000), (3, 3_000_001), ("Rp9.000.003", "Rp9.000.000")),  # the rest alone would fit, both do not
        ((1, 7_500_000), (4, 1_875_000), None),
        ((1, 7_500_000), (4, 1_875_001), ("Rp7.500.004", "Rp7.500.000")),
    ],
)
def test_two_deliveries_together_never_cost_more_than_the_line(
    first: tuple[int, int], then: tuple[int, int], above: tuple[str, str] | None
) -> None:
    line = rules.deliver(Line(1, 5, 3_000_000), Delivery(1, Condition.SHORT, *first)).line
    if above is None:
        assert rules.deliver(line, Delivery(1, Condition.AS_AGREED, *then)).line.realised == line.total
    else:
        with refused(rules.AboveRab, number=1, cost=above[0], left=above[1]):
            rules.deliver(line, Delivery(1, Condition.AS_AGREED, *then))


@pytest.mark.parametrize("whole", [2, 1])
def test_of_a_damaged_line_the_whole_is_never_taken(whole: int) -> None:
    with refused(rules.QuantityContradictsCondition, number=1, quantity=whole, condition="damaged", open=whole):
        rules.deliver(Line(1, whole, 10), Delivery(1, Condition.DAMAGED, whole, 10))


ONE, OTHER, STRANGE = (ids.new_id() for _ in range(3))


WHOLE = {ONE: 1, OTHER: 1}


@pytest.mark.parametrize(
    ("told", "at", "number"),
    [
        ([(1, WHOLE), (1, WHOLE)], "lines.1.number", 1),  # one line twice
        ([(1, WHOLE), (2, WHOLE)], "lines.1.number", 2),  # none that they hold
        ([(1, {ONE: 1, STRANGE: 1})], "lines.0.number", 1),  # a group that took no part
        ([(1, {ONE: 2})], "lines.0.number", 1),  # a group that is left out
        ([(1, {ONE: 3, OTHER: -1})], "lines.0.number", 1),
        ([(1, WHOLE)], "lines", 3),
        ([(3, {ONE: 0, OTHER: 4})], "lines", 1),
    ],
)
def test_what_is_divided_is_every_line_once_among_these_very_groups(
    told: list[tuple[int, dict[UUID, int]]], at: str, number: int
) -> None:
    with refused(rules.LineNotDivided, at, number=number):
        rules.divide({1: 2, 3: 4}, told, [ONE, OTHER])


@pytest.mark.parametrize("shares", [{ONE: 1, OTHER: 2}, {ONE: 3, OTHER: 0}, {ONE: 1, OTHER: 0}])
def test_in_a_split_no_unit_is_lost_or_made(shares: dict[UUID, int]) -> None:
    with refused(*(rules.SharesDoNotAddUp, "lines.1.shares.0.quantity"), number=1, told=sum(shares.values()), held=2):
        rules.divide({1: 2, 3: 4}, [(3, {ONE: 4, OTHER: 0}), (1, shares)], [ONE, OTHER])


def test_what_was_divided_is_held_as_it_was_told() -> None:
    told = [(3, {ONE: 1, OTHER: 3}), (1, {ONE: 2, OTHER: 0})]
    assert rules.divide({1: 2, 3: 4}, told, [ONE, OTHER]) == dict(told)
    assert rules.divide({}, [], [ONE, OTHER]) == {}


@pytest.mark.parametrize("state", GrantState)
def test_a_step_follows_from_where_the_grant_stands(state: GrantState) -> None:
    rules.expect(state, state)
    with refused(rules.NotNow, state=state.value):
        rules.expect(state, *(each for each in GrantState if each is not state))


def test_a_document_is_not_dated_ahead() -> None:
    today = date(2026, 11, 30)
    assert rules.dated(today, today, "sk_date") == today
    with refused(rules.InTheFuture, "sk_date"):
        rules.dated(date(2026, 12, 1), today, "sk_date")


def test_where_all_is_as_agreed_a_line_is_told_of_by_what_differs_and_a_closed_one_not_at_all() -> None:
    lines = [FREEZER, Line(2, 40, 225_000, received=10, realised=2_250_000), Line(3, 1, 50_000, 1, 50_000, closed=True)]
    assert rules.found_of(lines, [{"number": 1, "condition": Condition.SHORT, "quantity": 1}], True) == [
        {"number": 1, "condition": Condition.SHORT, "quantity": 1, "unit_price": 3_000_000},
        {"number": 2, "condition": Condition.AS_AGREED, "quantity": 30, "unit_price": 225_000},
    ]
    assert rules.found_of(lines, [{"number": 2}], False) == [{"number": 2}]


@pytest.mark.parametrize(
    ("told", "quantity", "price"),
    [
        ({}, 30, 225_000),
        ({"condition": None, "quantity": None, "unit_price": None}, 30, 225_000),
        ({"condition": Condition.AS_AGREED, "unit_price": 200_000}, 30, 200_000),
        ({"condition": Condition.REFUSED}, 0, 225_000),
        ({"condition": Condition.REFUSED, "quantity": 1}, 1, 225_000),
        ({"condition": Condition.DAMAGED, "quantity": 0, "unit_price": 0}, 0, 0),
        ({"condition": Condition.SHORT, "quantity": 29, "unit_price": 1}, 29, 1),
    ],
)
def test_what_was_agreed_stands_for_what_is_not_told_of_a_line(told: dict[str, Any], quantity: int, price: int) -> None:
    line = Line(2, 40, 225_000, received=10, realised=2_250_000)
    condition = told.get("condition") or Condition.AS_AGREED
    (found,) = rules.found_of([line], [{"number": 2, "remark": "seen", **told}], True)
    agreed = {"condition": condition, "quantity": quantity, "unit_price": price}
    assert found == {"number": 2, "remark": "seen", **agreed}


def test_a_line_that_the_rab_does_not_have_or_that_is_closed_is_told_on_where_it_is_told() -> None:
    closed = Line(3, 2, 50_000, 1, 50_000, closed=True)
    strange = {"number": 9, "quantity": 1}
    assert rules.found_of([closed], [strange], True) == [strange]
    told = {"number": 3, "condition": Condition.SHORT, "quantity": 1, "unit_price": 50_000}
    assert rules.found_of([closed], [strange, told], True) == [strange, told]


@pytest.mark.parametrize("condition", [Condition.SHORT, Condition.DAMAGED])
def test_where_some_of_a_line_came_how_much_is_said(condition: Condition) -> None:
    with refused(rules.QuantityMissing, number=2):
        rules.found_of([FREEZER, Line(2, 40, 225_000)], [{"number": 2, "condition": condition}], True)


def test_what_is_given_up_of_a_line_is_freed() -> None:
    half_there = rules.deliver(FREEZER, Delivery(1, Condition.SHORT, 1, 2_900_000)).line
    assert rules.close(half_there) == rules.Settlement(
        Line(1, 2, 3_000_000, received=1, realised=2_900_000, closed=True), realised=0, freed=3_100_000
    )


def test_a_closed_line_takes_nothing_more_and_is_not_approved_again() -> None:
    closed = rules.close(Line(7, 2, 3_000_000)).line
    with refused(rules.LineClosed, number=7):
        rules.deliver(closed, Delivery(7, Condition.AS_AGREED, 2, 3_000_000))
    with refused(rules.LineClosed, number=7):
        rules.close(closed)
    with refused(rules.LineClosed, number=7):
        rules.change(closed, 5, 3_000_000)


deliveries = some.builds(
    Delivery, some.just(1), some.sampled_from(Condition), some.integers(0, 6), some.integers(1, 40)
)


@given(some.integers(1, 6), some.integers(1, 20), some.lists(deliveries | some.none(), max_size=12))
def test_whatever_is_delivered_or_closed_a_line_never_costs_more_than_its_rab(
    quantity: int, unit_price: int, steps: list[Delivery | None]
) -> None:
    line = Line(1, quantity, unit_price)
    total, realised, freed = line.total, 0, 0
    for step in steps:
        with suppress(DomainError):
            settled = rules.close(line) if step is None else rules.deliver(line, step)
            line, realised, freed = settled.line, realised + settled.realised, freed + settled.freed
        assert realised + freed + line.open_money == total
        assert line.realised == realised <= total
        assert 0 <= line.received <= quantity


@pytest.mark.parametrize(
    ("received", "outcome"),
    [
        ([2, 3], HandOverOutcome.AS_AGREED),
        ([2, 1], HandOverOutcome.SHORT),
        ([0, 3], HandOverOutcome.SHORT),
        ([0, 0], HandOverOutcome.REFUSED),
    ],
)
def test_the_outcome_of_a_hand_over_follows_from_its_lines(received: list[int], outcome: HandOverOutcome) -> None:
    lines = [Line(1, 2, 10, received[0]), Line(2, 3, 10, received[1])]
    assert rules.outcome_of(lines) is outcome


def test_a_rab_keeps_its_ceiling() -> None:
    assert rules.total_of([(5, 3_000_000)], 15_000_000) == 15_000_000
    assert rules.total_of([(5, 3_000_000)], None) == 15_000_000
    assert rules.total_of([(5, 3_000_000), (2, 125_000)], None) == 15_250_000
    with refused(rules.RabAboveCeiling, total="Rp15.000.005", ceiling="Rp15.000.000"):
        rules.total_of([(5, 3_000_001)], 15_000_000)
    with refused(rules.EmptyRab):
        rules.total_of([], None)


def test_who_proposes_does_not_decide() -> None:
    proposer, approver = ids.new_id(), ids.new_id()
    with refused(rules.ProposerCannotDecide):
        rules.may_sign(proposer, None, proposer)
    rules.may_sign(approver, None, proposer)


@pytest.mark.parametrize(
    ("quantity", "price"), [(2, 3_500_000), (2, 1_500_001)], ids=["dearer", "a rupiah more than is there"]
)
def test_a_line_can_be_approved_again(quantity: int, price: int) -> None:
    half_there = Line(4, 2, 3_000_000, received=1, realised=3_000_000)
    assert rules.change(half_there, quantity, price) == Line(4, quantity, price, received=1, realised=3_000_000)
    one_rupiah = Line(4, 2, 3_000_000, received=1, realised=2_999_999)
    assert rules.change(one_rupiah, 3, 1_000_000).open_money == 1


@pytest.mark.parametrize(("quantity", "price"), [(1, 3_500_000), (2, 1_500_000), (0, 3_500_000), (2, 1)])
def test_a_line_is_not_approved_again_below_what_is_there(quantity: int, price: int) -> None:
    half_there = Line(4, 2, 3_000_000, received=1, realised=3_000_000)
    with refused(rules.BelowDelivered, number=4, received=1, realised="Rp3.000.000"):
        rules.change(half_there, quantity, price)


def test_an_accepted_report_accounts_for_every_rupiah() -> None:
    rules.reconcile(12_000_000, 12_000_000)
    with refused(rules.DoesNotReconcile, spent="Rp11.999.999", realised="Rp12.000.000"):
        rules.reconcile(11_999_999, 12_000_000)
    with refused(rules.DoesNotReconcile, spent="Rp12.000.001", realised="Rp12.000.000"):
        rules.reconcile(12_000_001, 12_000_000)
