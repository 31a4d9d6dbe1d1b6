"""What a meeting is about, who must come, and when a fund is nearly used."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.monitoring.meetings import rules
from shared.identity.offices import Office
from shared.kernel.calendar import NATIONAL, Days
from tests.refusals import refused

DP3A = Office("dp3a-kukar", "dp3a", "DP3A", "64.02")
DINSOS = Office("dinsos-kaltim", "dinsos", "Dinsos", "64")
MATARAM = Office("dinsos-mataram", "dinsos", "Dinsos Mataram", "52.71")


def test_a_meeting_concerns_the_offices_around_and_within_its_area() -> None:
    assert rules.concerned([DP3A, DINSOS, MATARAM], "64.02").keys() == {"dp3a-kukar", "dinsos-kaltim"}
    assert rules.concerned([DP3A, DINSOS, MATARAM], "64").keys() == {"dp3a-kukar", "dinsos-kaltim"}
    assert rules.concerned([DP3A, DINSOS, MATARAM], "64.07").keys() == {"dinsos-kaltim"}


def test_one_agency_alone_does_not_meet() -> None:
    with refused(rules.OneAgencyOnly, at="attendance"):
        rules.require_agencies([DP3A], "dp3a")
    with refused(rules.OneAgencyOnly, at="attendance"):
        rules.require_agencies([], "dp3a")
    rules.require_agencies([DINSOS], "dp3a")
    rules.require_agencies([DP3A, DINSOS], "dp3a")


@pytest.mark.parametrize(
    ("area", "programmes", "journey_area", "programme", "about"),
    [
        ("64.02", [], "64.02.05.2001", "any", True),
        ("64.02", [], "64.021", "any", False),
        ("64.02", ["one"], "64.02.05.2001", "one", True),
        ("64.02", ["one"], "64.02.05.2001", "another", False),
    ],
)
def test_a_meeting_takes_in_its_area_and_its_programmes(
    area: str, programmes: list[str], journey_area: str, programme: str, about: bool
) -> None:
    assert rules.takes_in(area, programmes, journey_area=journey_area, programme=programme) is about


@given(ceiling=some.integers(1, 10**12), free=some.integers(0, 10**12))
def test_a_fund_stays_nearly_used_as_more_of_it_is_used(ceiling: int, free: int) -> None:
    free = min(free, ceiling)
    if rules.is_nearly_used(ceiling, free):
        assert rules.is_nearly_used(ceiling, free // 2)
    assert rules.is_nearly_used(ceiling, 0)
    assert not rules.is_nearly_used(ceiling, ceiling)


@pytest.mark.parametrize(
    ("ceiling", "free", "nearly"),
    [
        (1000, 101, False),
        (1000, 100, True),
        (100, 11, False),
        (100, 10, True),
        (100, 0, True),
        (10, 1, True),
        (10, 2, False),
        (1, 0, True),
        (0, 0, False),
    ],
)
def test_a_fund_is_nearly_used_from_nine_tenths_on(ceiling: int, free: int, nearly: bool) -> None:
    assert rules.is_nearly_used(ceiling, free) is nearly


MONDAY = date(2026, 3, 2)
"""Two weeks before Nyepi (19 March 2026)."""


@pytest.mark.parametrize(
    ("chosen_on", "working_days", "due_on"),
    [
        (date(2026, 3, 4), 0, date(2026, 3, 4)),
        (date(2026, 2, 27), 0, date(2026, 2, 27)),
        (date(2026, 2, 27), -1, date(2026, 2, 27)),
        (date(2026, 3, 3), 1, date(2026, 3, 3)),
        (date(2026, 3, 2), 1, date(2026, 3, 3)),
        (date(2026, 3, 6), 5, date(2026, 3, 9)),  # the weekend does not count
        (date(2026, 3, 10), 5, date(2026, 3, 10)),  # never earlier than the meeting chose
    ],
)
def test_a_task_is_due_after_its_working_days_and_never_before_the_day_that_was_chosen(
    chosen_on: date, working_days: int, due_on: date
) -> None:
    assert rules.due_anew(chosen_on, MONDAY, working_days, NATIONAL) == due_on


def test_a_day_that_an_area_has_off_puts_a_task_off() -> None:
    days = Days(frozenset({date(2026, 3, 4)}))
    assert rules.due_anew(date(2026, 3, 4), MONDAY, 2, NATIONAL) == date(2026, 3, 4)
    assert rules.due_anew(date(2026, 3, 4), MONDAY, 2, days) == date(2026, 3, 5)


@pytest.mark.parametrize(("held", "cancelled"), [(True, False), (False, True), (True, True)])
def test_a_meeting_that_is_over_is_not_changed(held: bool, cancelled: bool) -> None:
    with refused(rules.MeetingClosed):
        rules.require_open(held=held, cancelled=cancelled)
    rules.require_open(held=False, cancelled=False)


def test_nothing_is_written_down_before_the_day() -> None:
    with refused(rules.MeetingAhead, day="2026-03-02"):
        rules.require_begun(date(2026, 3, 2), date(2026, 3, 1))
    rules.require_begun(date(2026, 3, 2), date(2026, 3, 2))
