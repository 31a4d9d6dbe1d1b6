from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.training.mentoring import rules
from services.training.mentoring.rules import Direction, Kept, Line, MentoringOutcome, Month
from tests.refusals import refused

BEGINS = date(2026, 1, 15)
lines = st.lists(st.tuples(st.integers(0, 100), st.sampled_from(Direction), st.integers(1, 10**9)), max_size=30).map(
    lambda found: [Line(n, BEGINS + timedelta(days=day), way, much) for n, (day, way, much) in enumerate(found, 1)]
)


def with_counter(book: list[Line], wrong: Line) -> list[Line]:
    counter = Line(len(book) + 1, wrong.happened_on, wrong.direction.opposite, wrong.amount, wrong.number)
    return [*book, counter]


@given(lines)
def test_the_last_balance_is_what_came_in_less_what_went_out(book: list[Line]) -> None:
    end = rules.kept(BEGINS, 3, 1, book)
    assert ([0, *rules.balances(book)])[-1] == end.income - end.expense


@given(lines.filter(bool), st.data())
def test_a_counter_entry_makes_the_book_as_if_the_entry_had_never_been(book: list[Line], data: st.DataObject) -> None:
    wrong = data.draw(st.sampled_from(book))
    corrected = with_counter(book, wrong)
    without = [each for each in book if each is not wrong]
    assert rules.kept(BEGINS, 3, 2, corrected) == rules.kept(BEGINS, 3, 2, without)
    assert rules.balances(corrected)[-1] == ([0, *rules.balances(without)])[-1]


@given(lines, st.integers(1, 5))
def test_one_entry_more_never_makes_a_kept_book_not_kept(book: list[Line], least: int) -> None:
    more = [*book, Line(len(book) + 1, BEGINS, Direction.IN, 1)]
    before, after = rules.kept(BEGINS, 3, least, book), rules.kept(BEGINS, 3, least, more)
    assert after.months >= before.months
    if before.outcome is MentoringOutcome.KEPT:
        assert after.outcome is MentoringOutcome.KEPT


@pytest.mark.parametrize(
    ("days", "outcome", "months"),
    [
        (["2026-01-15", "2026-02-15"], MentoringOutcome.KEPT, 2),
        (["2026-02-14", "2026-03-14"], MentoringOutcome.KEPT, 2),
        (["2026-01-15", "2026-02-14"], MentoringOutcome.NOT_KEPT, 1),
        (["2026-01-15", "2026-03-15"], MentoringOutcome.NOT_KEPT, 1),
        ([], MentoringOutcome.NOT_KEPT, 0),
    ],
)
def test_every_month_of_the_term_needs_its_entries(days: list[str], outcome: MentoringOutcome, months: int) -> None:
    book = [Line(n, date.fromisoformat(day), Direction.IN, 1000) for n, day in enumerate(days, 1)]
    end = rules.kept(BEGINS, 2, 1, book)
    assert (end.outcome, end.months, end.entries) == (outcome, months, len(days))


def test_a_book_begun_on_the_thirty_first_counts_every_day_of_its_term_once() -> None:
    months = rules.by_month(date(2025, 10, 31), 5, [])
    assert months[0].begins_on == date(2025, 10, 31)
    assert all(one.ends_on + timedelta(days=1) == two.begins_on for one, two in pairwise(months))
    assert months[-1].ends_on == rules.last_day(date(2025, 10, 31), 5)


def test_a_mentor_serves_from_the_first_to_the_last_day_of_her_term() -> None:
    first, last = date(2026, 1, 15), date(2026, 1, 20)
    for today in (first, date(2026, 1, 17), last):
        rules.require_term(first, last, today)
    with refused(rules.TermNotBegun, day="2026-01-15"):
        rules.require_term(first, last, date(2026, 1, 14))
    with refused(rules.TermEnded, day="2026-01-20"):
        rules.require_term(first, last, date(2026, 1, 21))


BOOK = [
    Line(1, date(2026, 1, 15), Direction.IN, 500_000),
    Line(2, date(2026, 2, 14), Direction.OUT, 120_000),
    Line(3, date(2026, 2, 15), Direction.IN, 90_000),
    Line(4, date(2026, 2, 15), Direction.OUT, 90_000, corrects=3),
    Line(5, date(2026, 3, 14), Direction.IN, 80_000),
    Line(6, date(2026, 3, 15), Direction.OUT, 7_000),
    Line(7, date(2026, 1, 14), Direction.OUT, 3_000),
]


def test_neither_a_counter_entry_nor_what_it_undoes_stands() -> None:
    assert [each.number for each in rules.standing(BOOK)] == [1, 2, 5, 6, 7]


def test_the_cash_in_hand_follows_every_entry_as_it_was_written() -> None:
    assert rules.balances(BOOK) == [500_000, 380_000, 470_000, 380_000, 460_000, 453_000, 450_000]
    assert rules.balances([]) == []


def test_a_month_counts_the_entries_that_stand_from_its_first_to_its_last_day() -> None:
    assert rules.by_month(BEGINS, 2, BOOK) == [
        Month(1, date(2026, 1, 15), date(2026, 2, 14), 2),
        Month(2, date(2026, 2, 15), date(2026, 3, 14), 1),
    ]


@pytest.mark.parametrize(
    ("least", "outcome", "months"),
    [(1, MentoringOutcome.KEPT, 2), (2, MentoringOutcome.NOT_KEPT, 1), (3, MentoringOutcome.NOT_KEPT, 0)],
)
def test_a_book_at_its_end_says_how_many_entries_stand_what_came_in_and_what_went_out(
    least: int, outcome: MentoringOutcome, months: int
) -> None:
    assert rules.kept(BEGINS, 2, least, BOOK) == Kept(outcome, 5, 580_000, 130_000, months)
