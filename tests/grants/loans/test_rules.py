"""What a loan believes in, as tables and laws."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.grants.loans import rules
from services.grants.loans.rules import LoanState, MoreThanOwed, PaidBeforeLent, PaidInTheFuture
from shared.kernel.errors import DomainError
from shared.kernel.money import format_rupiah
from tests.refusals import refused

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
        with refused(
            rules.TooManyInstalments, amount=format_rupiah(principal), instalments=instalments, most=principal
        ):
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


LENT, LATER, TODAY = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
NO_MORE = {"owed": "Rp1.000", "paid": "Rp1.001"}


@pytest.mark.parametrize(
    ("amount", "paid_on", "refusal", "at", "figures"),
    [
        (1_001, LATER, MoreThanOwed, "amount", NO_MORE),
        (1_001, date(2026, 3, 2), MoreThanOwed, "amount", NO_MORE),
        (500, date(2026, 3, 2), PaidInTheFuture, "paid_on", {}),
        (500, date(2025, 12, 31), PaidBeforeLent, "paid_on", {"lent_on": "2026-01-01"}),
    ],
)
def test_a_repayment_that_cannot_have_been_is_refused(
    amount: int, paid_on: date, refusal: type[DomainError], at: str, figures: dict[str, Any]
) -> None:
    with refused(refusal, at, **figures):
        rules.may_repay(1_000, amount, paid_on=paid_on, lent_on=LENT, today=TODAY)


@pytest.mark.parametrize("paid_on", [LENT, LATER, TODAY])
def test_all_that_is_owed_may_come_back_from_the_day_it_was_lent_until_today(paid_on: date) -> None:
    rules.may_repay(1_000, 1_000, paid_on=paid_on, lent_on=LENT, today=TODAY)


def test_a_loan_may_be_due_on_the_day_it_is_handed_over_and_not_before() -> None:
    rules.first_due_after(LENT, LENT)
    rules.first_due_after(LENT, LATER)
    with refused(rules.FirstDueTooEarly, handed_over_on="2026-01-01"):
        rules.first_due_after(LENT, date(2025, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 0, date(2026, 1, 31)),
        (date(2026, 11, 15), 1, date(2026, 12, 15)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 11, 30), 2, date(2027, 1, 30)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
        (date(2026, 3, 15), 60, date(2031, 3, 15)),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_a_month_that_has_none(day: date, months: int, then: date) -> None:
    assert rules.months_after(day, months) == then


@pytest.mark.parametrize(
    ("principal", "instalments", "amount", "most"),
    [
        (1_000_000, 0, "Rp1.000.000", 60),
        (1_000_000, -1, "Rp1.000.000", 60),
        (1_000_000, 61, "Rp1.000.000", 60),
        (59, 60, "Rp59", 59),
        (6, 7, "Rp6", 6),
        (0, 1, "Rp0", 1),
    ],
)
def test_a_loan_has_between_one_and_sixty_instalments_of_a_rupiah_or_more(
    principal: int, instalments: int, amount: str, most: int
) -> None:
    with refused(rules.TooManyInstalments, amount=amount, instalments=instalments, most=most):
        rules.schedule(principal, instalments, FIRST)


@pytest.mark.parametrize(
    ("principal", "instalments", "first", "last"),
    [(60, 60, 1, 1), (60_000, 60, 1_000, 1_000), (59_999, 60, 999, 1_000)],
)
def test_a_loan_of_sixty_instalments_is_split_to_the_smallest(
    principal: int, instalments: int, first: int, last: int
) -> None:
    parts = rules.schedule(principal, instalments, FIRST)
    assert [each.number for each in parts] == list(range(1, 61))
    assert (parts[0].amount, parts[-1].amount) == (first, last)


@pytest.mark.parametrize(
    ("repaid", "paid", "overdue"),
    [
        (0, [0, 0, 0], [True, False, False]),
        (399, [399, 0, 0], [True, False, False]),
        (400, [400, 0, 0], [False, False, False]),
        (700, [400, 300, 0], [False, False, False]),
        (1_000, [400, 400, 200], [False, False, False]),
    ],
)
def test_an_instalment_is_overdue_from_the_day_after_it_was_due(
    repaid: int, paid: list[int], overdue: list[bool]
) -> None:
    days = [(date(2026, 2, 28), 400), (TODAY, 400), (date(2026, 3, 2), 200)]
    parts = [rules.Instalment(number, due_on, amount) for number, (due_on, amount) in enumerate(days, 1)]
    found = rules.standings(parts, repaid, TODAY)
    assert [each.instalment for each in found] == parts
    assert [each.paid for each in found] == paid
    assert [each.is_overdue for each in found] == overdue
    assert [each.left + each.paid for each in found] == [400, 400, 200]
