"""What a loan believes in, as tables and laws."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.grants.loans import rules
from services.grants.loans.rules import LoanState

FIRST = date(2026, 1, 31)


@pytest.mark.parametrize(
    ("principal", "instalments", "amounts"),
    [
        (5_000_000, 10, [500_000] * 10),
        (1_000_000, 3, [333_000, 333_000, 334_000]),
        (1_000_500, 2, [500_000, 500_500]),
        (7, 3, [2, 2, 3]),
        (2_500_000, 1, [2_500_000]),
    ],
)
def test_instalments_are_whole_thousands_and_the_last_takes_the_rest(
    principal: int, instalments: int, amounts: list[int]
) -> None:
    assert [each.amount for each in rules.schedule(principal, instalments, FIRST)] == amounts


def test_instalments_are_due_every_month_and_a_short_month_ends_earlier() -> None:
    days = [each.due_on for each in rules.schedule(4_000, 4, FIRST)]
    assert days == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    assert rules.months_after(date(2026, 11, 15), 2) == date(2027, 1, 15)


@given(some.integers(1, 10**9), some.integers(1, 60))
def test_a_schedule_adds_up_to_the_loan_exactly(principal: int, instalments: int) -> None:
    if principal < instalments:
        with pytest.raises(rules.TooManyInstalments):
            rules.schedule(principal, instalments, FIRST)
        return
    parts = rules.schedule(principal, instalments, FIRST)
    assert sum(each.amount for each in parts) == principal
    assert min(each.amount for each in parts) > 0
    assert max(each.amount for each in parts) - min(each.amount for each in parts) <= 2 * rules.ROUND
    assert [each.due_on for each in parts] == sorted({each.due_on for each in parts})


@given(some.integers(1, 10**8), some.integers(1, 24), some.data())
def test_what_is_repaid_fills_the_oldest_instalment_first(principal: int, count: int, data: some.DataObject) -> None:
    parts = rules.schedule(max(principal, count), count, FIRST)
    repaid = data.draw(some.integers(0, sum(each.amount for each in parts)))
    found = rules.standings(parts, repaid, date(2100, 1, 1))
    assert sum(each.paid for each in found) == repaid
    assert [each.left > 0 for each in found] == sorted(each.left > 0 for each in found)
    assert all(each.is_overdue == (each.left > 0) for each in found)


@pytest.mark.parametrize(
    ("repaid", "due", "state", "arrears"),
    [
        (0, 0, LoanState.RUNNING, 0),
        (0, 300, LoanState.IN_ARREARS, 300),
        (250, 300, LoanState.IN_ARREARS, 50),
        (400, 300, LoanState.RUNNING, 0),
        (1_000, 1_000, LoanState.REPAID, 0),
    ],
)
def test_where_a_loan_of_a_thousand_stands(repaid: int, due: int, state: LoanState, arrears: int) -> None:
    assert (rules.state_of(1_000, repaid, due), rules.arrears(due, repaid)) == (state, arrears)


@pytest.mark.parametrize(
    ("amount", "paid_on", "refusal"),
    [
        (1_001, date(2026, 2, 1), rules.MoreThanOwed),
        (500, date(2026, 3, 2), rules.PaidInTheFuture),
        (500, date(2025, 12, 31), rules.PaidBeforeLent),
    ],
)
def test_a_repayment_that_cannot_have_been_is_refused(amount: int, paid_on: date, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        rules.may_repay(1_000, amount, paid_on=paid_on, lent_on=date(2026, 1, 1), today=date(2026, 3, 1))
