from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.monitoring.causes import Cause
from services.monitoring.visits import rules
from services.monitoring.visits.rules import Condition, Goods
from tests.refusals import refused

BEGUN = date(2023, 5, 31)


def test_visits_fall_due_so_many_calendar_months_after_the_offer() -> None:
    assert rules.plan(BEGUN, [3, 6, 12]) == [date(2023, 8, 31), date(2023, 11, 30), date(2024, 5, 31)]


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.lists(st.integers(1, 36), min_size=1, max_size=6))
def test_a_plan_is_in_order_and_names_each_month_once(begun: date, months: list[int]) -> None:
    planned = rules.plan(begun, months)
    assert planned == sorted(planned)
    assert len(planned) == len(set(months))
    assert all(due > begun for due in planned)


def test_a_visit_of_tomorrow_is_refused() -> None:
    today = date(2023, 9, 1)
    rules.check_day(today, today=today, begun_on=BEGUN, previous=None)
    tomorrow = today + timedelta(days=1)
    with refused(rules.VisitInFuture, at="visited_on", visited_on="2023-09-02"):
        rules.check_day(tomorrow, today=today, begun_on=BEGUN, previous=None)


@pytest.mark.parametrize(
    ("visited_on", "previous", "earliest"),
    [
        (date(2023, 5, 30), None, BEGUN),
        (date(2023, 8, 31), date(2023, 9, 1), date(2023, 9, 1)),
        (date(2023, 5, 30), BEGUN, BEGUN),
        (date(2023, 5, 30), date(2023, 5, 29), BEGUN),
    ],
)
def test_a_visit_before_the_stage_began_or_before_the_previous_one_is_refused(
    visited_on: date, previous: date | None, earliest: date
) -> None:
    with refused(rules.VisitBeforePrevious, at="visited_on", previous=earliest.isoformat()):
        rules.check_day(visited_on, today=date(2024, 1, 1), begun_on=BEGUN, previous=previous)


def test_two_visits_on_one_day_are_possible() -> None:
    day = date(2023, 9, 1)
    rules.check_day(day, today=day, begun_on=BEGUN, previous=day)
    rules.check_day(BEGUN, today=BEGUN, begun_on=BEGUN, previous=None)


@pytest.mark.parametrize(
    ("goods", "approval", "visited_on", "breach"),
    [
        (Goods.SOLD, None, BEGUN, True),
        (Goods.SOLD, "", date(2024, 5, 30), True),
        (Goods.SOLD, None, date(2024, 5, 31), True),  # the last day of the year
        (Goods.SOLD, None, date(2024, 6, 1), False),
        (Goods.SOLD, "No. 5/2023", BEGUN, False),
        (Goods.SOLD, "No. 5/2023", date(2024, 6, 1), False),
        (Goods.BROKEN, None, BEGUN, False),
        (Goods.IN_USE, None, BEGUN, False),
    ],
)
def test_goods_that_went_away_in_the_first_year_needed_an_approval(
    goods: Goods, approval: str | None, visited_on: date, breach: bool
) -> None:
    assert rules.is_sold_without_approval(goods, approval, visited_on=visited_on, begun_on=BEGUN) is breach


@pytest.mark.parametrize("goods", [Goods.IN_USE, Goods.BROKEN])
def test_goods_that_are_still_there_have_no_approval(goods: Goods) -> None:
    with refused(rules.ApprovalNotWanted, at="approval"):
        rules.check_approval(goods, "No. 5/2023")
    rules.check_approval(goods, None)
    rules.check_approval(goods, "")
    rules.check_approval(Goods.SOLD, "No. 5/2023")
    rules.check_approval(Goods.SOLD, None)


def test_a_stalled_business_needs_a_cause_and_no_other_takes_one() -> None:
    rules.check_findings(Condition.STALLED, Cause.MARKET, omzet=0, profit=0)
    with refused(rules.CauseMissing, at="cause"):
        rules.check_findings(Condition.STALLED, None, omzet=0, profit=0)
    for condition in (Condition.GROWING, Condition.STEADY):
        with refused(rules.CauseNotWanted, at="cause"):
            rules.check_findings(condition, Cause.ILLNESS, omzet=1, profit=0)


def test_a_loss_is_a_negative_profit_and_a_profit_never_exceeds_the_turnover() -> None:
    rules.check_findings(Condition.STEADY, None, omzet=1_000_000, profit=-250_000)
    rules.check_findings(Condition.STEADY, None, omzet=1_000_000, profit=1_000_000)
    with refused(rules.ProfitAboveTurnover, at="profit"):
        rules.check_findings(Condition.STEADY, None, omzet=1_000_000, profit=1_000_001)
