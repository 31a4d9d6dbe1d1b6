from contextlib import suppress
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.grants.goods import rules
from services.grants.goods.rules import Condition, Delivery, GrantState, HandOverOutcome, Line
from shared.kernel import ids
from shared.kernel.errors import DomainError

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
    assert (settled.realised, settled.freed, settled.line.closed) == (realised, freed, closed)


@pytest.mark.parametrize(
    ("condition", "quantity", "price", "refusal"),
    [
        (Condition.AS_AGREED, 3, 1, rules.MoreThanOpen),
        (Condition.AS_AGREED, 1, 3_000_000, rules.QuantityContradictsCondition),
        (Condition.SHORT, 2, 3_000_000, rules.QuantityContradictsCondition),
        (Condition.SHORT, 0, 3_000_000, rules.QuantityContradictsCondition),
        (Condition.REFUSED, 1, 3_000_000, rules.QuantityContradictsCondition),
        (Condition.AS_AGREED, 2, 3_000_001, rules.AboveRab),  # no silent overrun
    ],
)
def test_a_finding_that_contradicts_itself_or_the_rab_is_refused(
    condition: Condition, quantity: int, price: int, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        rules.deliver(FREEZER, Delivery(1, condition, quantity, price))


@pytest.mark.parametrize(
    ("first", "then", "fits"),
    [
        ((2, 3_000_000), (3, 3_000_000), True),
        ((2, 3_000_000), (3, 3_000_001), False),  # the rest alone would fit, both together do not
        ((1, 7_500_000), (4, 1_875_000), True),
        ((1, 7_500_000), (4, 1_875_001), False),
    ],
)
def test_two_deliveries_together_never_cost_more_than_the_line(
    first: tuple[int, int], then: tuple[int, int], fits: bool
) -> None:
    line = rules.deliver(Line(1, 5, 3_000_000), Delivery(1, Condition.SHORT, *first)).line
    if fits:
        assert rules.deliver(line, Delivery(1, Condition.AS_AGREED, *then)).line.realised == line.total
    else:
        with pytest.raises(rules.AboveRab):
            rules.deliver(line, Delivery(1, Condition.AS_AGREED, *then))


@pytest.mark.parametrize(("open_quantity", "sound"), [(2, 2), (1, 1)])
def test_of_a_damaged_line_the_whole_is_never_taken(open_quantity: int, sound: int) -> None:
    with pytest.raises(rules.QuantityContradictsCondition):
        rules.deliver(Line(1, open_quantity, 10), Delivery(1, Condition.DAMAGED, sound, 10))


def test_a_closed_line_is_not_approved_again() -> None:
    with pytest.raises(rules.LineClosed):
        rules.change(rules.close(FREEZER).line, 5, 3_000_000)


ONE, OTHER, STRANGE = (ids.new_id() for _ in range(3))


@pytest.mark.parametrize(
    "told",
    [
        [(1, {ONE: 1, OTHER: 1}), (1, {ONE: 1, OTHER: 1})],  # one line twice
        [(2, {ONE: 1, OTHER: 1})],  # none that they hold
        [(1, {ONE: 1, STRANGE: 1})],  # a group that took no part
        [(1, {ONE: 2})],  # a group that is left out
        [(1, {ONE: 3, OTHER: -1})],
        [(1, {ONE: 1, OTHER: 2})],
        [],
    ],
)
def test_what_is_divided_is_every_line_once_among_these_very_groups(told: list[tuple[int, dict[UUID, int]]]) -> None:
    with pytest.raises(DomainError):
        rules.divide({1: 2}, told, [ONE, OTHER])
    assert rules.divide({1: 2}, [(1, {ONE: 2, OTHER: 0})], [ONE, OTHER]) == {1: {ONE: 2, OTHER: 0}}


@pytest.mark.parametrize("state", GrantState)
def test_a_step_follows_from_where_the_grant_stands(state: GrantState) -> None:
    rules.expect(state, state)
    with pytest.raises(rules.NotNow):
        rules.expect(state, *(each for each in GrantState if each is not state))


def test_a_document_is_not_dated_ahead() -> None:
    today = date(2026, 11, 30)
    assert rules.dated(today, today, "sk_date") == today
    with pytest.raises(rules.InTheFuture) as refused:
        rules.dated(date(2026, 12, 1), today, "sk_date")
    assert list(refused.value.errors) == ["sk_date"]


def test_where_all_is_as_agreed_a_line_is_told_of_by_what_differs_and_a_closed_one_not_at_all() -> None:
    lines = [FREEZER, Line(2, 40, 225_000, received=10, realised=2_250_000), Line(3, 1, 50_000, 1, 50_000, closed=True)]
    assert rules.found_of(lines, [{"number": 1, "condition": Condition.SHORT, "quantity": 1}], True) == [
        {"number": 1, "condition": Condition.SHORT, "quantity": 1, "unit_price": 3_000_000},
        {"number": 2, "condition": Condition.AS_AGREED, "quantity": 30, "unit_price": 225_000},
    ]
    assert rules.found_of(lines, [{"number": 2}], False) == [{"number": 2}]
    with pytest.raises(rules.QuantityMissing):
        rules.found_of(lines, [{"number": 1, "condition": Condition.DAMAGED}], True)


def test_a_closed_line_takes_nothing_more() -> None:
    closed = rules.close(FREEZER).line
    with pytest.raises(rules.LineClosed):
        rules.deliver(closed, Delivery(1, Condition.AS_AGREED, 2, 3_000_000))
    with pytest.raises(rules.LineClosed):
        rules.close(closed)


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
    with pytest.raises(rules.RabAboveCeiling):
        rules.total_of([(5, 3_000_001)], 15_000_000)
    with pytest.raises(rules.EmptyRab):
        rules.total_of([], None)


def test_who_proposes_does_not_decide() -> None:
    proposer, approver = ids.new_id(), ids.new_id()
    with pytest.raises(rules.ProposerCannotDecide):
        rules.may_sign(proposer, None, proposer)
    rules.may_sign(approver, None, proposer)


def test_a_line_can_be_approved_again_but_not_below_what_is_there() -> None:
    half_there = rules.deliver(FREEZER, Delivery(1, Condition.SHORT, 1, 3_000_000)).line
    assert rules.change(half_there, 2, 3_500_000).total == 7_000_000
    with pytest.raises(rules.BelowDelivered):
        rules.change(half_there, 1, 3_500_000)
    with pytest.raises(rules.BelowDelivered):
        rules.change(half_there, 2, 1_500_000)


def test_an_accepted_report_accounts_for_every_rupiah() -> None:
    rules.reconcile(12_000_000, 12_000_000)
    with pytest.raises(rules.DoesNotReconcile):
        rules.reconcile(11_999_999, 12_000_000)
