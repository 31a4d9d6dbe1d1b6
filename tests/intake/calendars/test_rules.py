"""What a decree may say: a table of refusals, and how far a calendar reaches."""

from datetime import date

import pytest

from services.intake.calendars import rules
from shared.events.intake import DayKind
from shared.kernel.errors import DomainError
from tests.refusals import refused

TODAY = date(2026, 3, 2)
MONDAY, SATURDAY, SUNDAY = date(2026, 3, 9), date(2026, 3, 7), date(2026, 3, 8)
FIRST, LAST = date(2025, 1, 1), date(2029, 12, 31)
OFF, WORKING = DayKind.HOLIDAY, DayKind.WORKING
REACH = {"first": "2025-01-01", "last": "2029-12-31"}


@pytest.mark.parametrize("day", [FIRST, LAST, SATURDAY, SUNDAY])
def test_offices_may_close_on_any_day_within_reach_and_open_on_weekdays(day: date) -> None:
    rules.require_days([(day, OFF), (MONDAY, WORKING), (date(2026, 3, 6), WORKING)], TODAY, TODAY)  # and a Friday


@pytest.mark.parametrize(
    ("days", "rule", "at", "figures"),
    [
        ([(MONDAY, OFF), (MONDAY, OFF)], rules.DayTwice, "days.1.day", {"day": "2026-03-09"}),
        ([(MONDAY, OFF), (MONDAY, WORKING)], rules.DayTwice, "days.1.day", {"day": "2026-03-09"}),
        ([(date(2024, 12, 31), OFF)], rules.DayOutOfRange, "days.0.day", {"day": "2024-12-31", **REACH}),
        ([(MONDAY, OFF), (date(2030, 1, 1), OFF)], rules.DayOutOfRange, "days.1.day", {"day": "2030-01-01", **REACH}),
        ([(SATURDAY, WORKING)], rules.NotAWeekday, "days.0.day", {"day": "2026-03-07"}),
        ([(SUNDAY, WORKING)], rules.NotAWeekday, "days.0.day", {"day": "2026-03-08"}),
    ],
)
def test_a_day_that_cannot_be_is_refused_beside_it(
    days: list[tuple[date, DayKind]], rule: type[DomainError], at: str, figures: dict[str, str]
) -> None:
    with refused(rule, at=at, **figures):
        rules.require_days(days, TODAY, TODAY)


def test_a_decree_of_tomorrow_is_refused_in_words() -> None:
    with refused(rules.DecreedInTheFuture, at="source.date", day="2026-03-03"):
        rules.require_days([], date(2026, 3, 3), TODAY)
    assert (
        rules.DecreedInTheFuture(day="2026-03-03").message("en") == "A decree of 3 March 2026 has not been signed yet."
    )
