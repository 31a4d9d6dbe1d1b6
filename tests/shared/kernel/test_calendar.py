"""Half of the working time, and days counted back and forth."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel import calendar, clock
from shared.kernel.calendar import add_working_days, half_way, is_working_day, parse_within, working_days_between

DAYS = st.dates(date(2023, 1, 1), date(2027, 12, 31))


def at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), clock.zone())


@pytest.mark.parametrize(
    ("start", "limit", "rings"),
    [
        (date(2026, 11, 30), "7 working days", date(2026, 12, 4)),  # Monday: after four days, on Friday
        (date(2026, 11, 30), "1 working day", date(2026, 12, 1)),
        (date(2026, 11, 30), "2 working days", date(2026, 12, 2)),
        (date(2026, 11, 27), "5 working days", date(2026, 12, 2)),  # Friday: Monday, Tuesday, Wednesday
        (date(2026, 11, 27), "3 days", date(2026, 11, 30)),  # over a weekend: the one working day that there is
        (date(2026, 12, 21), "7 working days", date(2026, 12, 29)),  # Christmas, and the day of leave before it
    ],
)
def test_it_rings_on_the_first_working_morning_on_which_half_is_gone(start: date, limit: str, rings: date) -> None:
    due = parse_within(limit).after(at(start))
    assert half_way(at(start), due) == datetime.combine(rings, calendar.OPENS, clock.zone())


@given(DAYS, st.integers(0, 23), st.integers(1, 60))
def test_it_rings_on_a_working_morning_between_start_and_due_date(day: date, hour: int, count: int) -> None:
    start = at(day, hour)
    due = parse_within(f"{count} working days").after(start)
    moment = half_way(start, due).astimezone(clock.zone())
    assert start < moment <= due
    assert is_working_day(moment.date())
    assert moment.time() == calendar.OPENS
    gone, whole = (working_days_between(day, each.date()) for each in (moment, due.astimezone(clock.zone())))
    assert gone * 2 > whole or whole == gone == 1
    assert (gone - 1) * 2 <= whole


@pytest.mark.parametrize(("start", "days"), [(date(2026, 11, 27), 1), (date(2026, 11, 28), 1), (date(2026, 11, 30), 0)])
def test_without_a_working_day_it_is_half_of_the_time(start: date, days: int) -> None:
    begin, due = at(start), calendar.end_of_day(start + timedelta(days=days))
    assert half_way(begin, due) == begin + (due - begin) / 2


@given(DAYS, st.integers(1, 40))
def test_working_days_lead_back_to_where_they_began(day: date, count: int) -> None:
    there = add_working_days(day, count)
    assert working_days_between(day, there) == count
    assert working_days_between(add_working_days(day, -count), day) == count - (not is_working_day(day))
    assert is_working_day(add_working_days(day, -count))


def test_a_day_begins_where_the_one_before_ended() -> None:
    day = date(2026, 11, 30)
    assert calendar.start_of_day(day) - calendar.end_of_day(day - timedelta(days=1)) == timedelta(seconds=1)
    assert calendar.start_of_day(day).tzinfo is UTC
    assert calendar.end_of_day(day).tzinfo is UTC


def test_a_day_counts_where_the_deployment_is() -> None:
    after_midnight = datetime(2026, 11, 29, 18, tzinfo=UTC)  # Monday the 30th, one in the morning, in Makassar's zone
    assert after_midnight.astimezone(clock.zone()).date() == date(2026, 11, 30)
    assert calendar.deadline(after_midnight, 1) == calendar.end_of_day(date(2026, 12, 1))


FRIDAY = date(2026, 11, 27)
OWN = calendar.Days(off=frozenset({date(2026, 12, 1)}), on=frozenset({date(2026, 11, 28)}))
"""A city that works on the Saturday and is at rest on the Tuesday."""


@pytest.mark.parametrize(
    ("days", "end", "between"),
    [
        (calendar.NATIONAL, date(2026, 12, 1), 2),
        (OWN, date(2026, 12, 1), 2),
        (OWN, date(2026, 11, 28), 1),
        (calendar.NATIONAL, date(2026, 11, 28), 0),
        (OWN, FRIDAY, 0),
    ],
)
def test_days_are_counted_by_the_citys_calendar_and_back_they_are_as_many_with_another_sign(
    days: calendar.Days, end: date, between: int
) -> None:
    assert working_days_between(FRIDAY, end, days) == between
    assert working_days_between(end, FRIDAY, days) == -between


@pytest.mark.parametrize(
    ("limit", "days", "last"),
    [
        ("2 working days", calendar.NATIONAL, date(2026, 12, 1)),
        ("2 working days", OWN, date(2026, 11, 30)),
        ("3 days", OWN, date(2026, 11, 30)),
        ("1 month", OWN, date(2026, 12, 27)),
        ("3 months", OWN, date(2027, 2, 27)),
    ],
)
def test_a_limit_ends_with_its_last_day_by_the_citys_calendar(limit: str, days: calendar.Days, last: date) -> None:
    assert parse_within(limit).after(at(FRIDAY), days) == calendar.end_of_day(last)


@pytest.mark.parametrize(
    ("days", "due", "rings"),
    [
        (calendar.NATIONAL, date(2026, 12, 2), date(2026, 12, 1)),  # Monday, Tuesday, Wednesday
        (OWN, date(2026, 12, 2), date(2026, 11, 30)),  # Saturday, Monday, Wednesday
        (calendar.NATIONAL, date(2026, 12, 3), date(2026, 12, 2)),  # one more
        (calendar.Days(off=OWN.off), date(2026, 12, 3), date(2026, 12, 2)),  # Monday, Wednesday, Thursday
        (calendar.Days(off=OWN.off), date(2026, 12, 4), date(2026, 12, 3)),
    ],
)
def test_half_of_the_time_is_counted_by_the_citys_calendar(days: calendar.Days, due: date, rings: date) -> None:
    assert half_way(at(FRIDAY), calendar.end_of_day(due), days) == calendar.opening(rings)
    assert calendar.opening(rings).tzinfo is UTC
