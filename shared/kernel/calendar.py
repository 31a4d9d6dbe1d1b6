"""Working days and the reading of service levels.

Working days are Monday to Friday without Indonesian public holidays and collective leave (cuti bersama); PyPI's
`holidays` keeps the yearly joint decree (SKB tiga menteri) of both. What a city's own calendar says beside it
(`shared.calendars`) comes as `Days`.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Literal

import holidays

from shared.kernel import clock
from shared.kernel.errors import Invalid

OPENS = time(8)
"""When offices open. Source: assumption."""
WITHIN = re.compile(r"^(?P<count>[1-9][0-9]{0,2}) (?P<unit>working days?|days?|months?)$")


class UnreadableWithin(Invalid):
    """'{text}' is not a time limit: write for example '7 working days', '10 days' or '3 months'."""

    indonesian = "'{text}' bukan batas waktu: tulis misalnya '7 working days', '10 days' atau '3 months'."


@dataclass(frozen=True)
class Days:
    """What a city's own calendar says beside the national one: days off, and weekdays on which offices open."""

    off: frozenset[date] = frozenset()
    on: frozenset[date] = frozenset()


NATIONAL = Days()


@cache
def _holidays_of(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("ID", years=year, categories=("public", "government")))


@lru_cache(maxsize=50_000)
def is_working_day(day: date, days: Days = NATIONAL) -> bool:
    """Whether offices are open on this day."""
    if day in days.off or day in days.on:
        return day in days.on
    return day.weekday() < 5 and day not in _holidays_of(day.year)


@lru_cache(maxsize=50_000)
def add_working_days(day: date, count: int, days: Days = NATIONAL) -> date:
    """The `count`-th working day after `day`; before it where the count is negative."""
    step = timedelta(days=1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += step
        while not is_working_day(day, days):
            day += step
    return day


def working_days_between(start: date, end: date, days: Days = NATIONAL) -> int:
    """How many working days lie after `start`, up to and including `end`; negative when `end` is earlier."""
    if end < start:
        return -working_days_between(end, start, days)
    return sum(is_working_day(start + timedelta(days=n), days) for n in range(1, (end - start).days + 1))


def add_months(day: date, count: int) -> date:
    """The same day of the month `count` months on, or that month's last day."""
    month = day.month - 1 + count
    year, month = day.year + month // 12, month % 12 + 1
    for last in range(day.day, 27, -1):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    return date(year, month, day.day)


def start_of_day(day: date) -> datetime:
    """The moment at which a day begins in the deployment's zone, in UTC."""
    return datetime.combine(day, time.min, clock.zone()).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The last second of a day in the deployment's zone, in UTC."""
    return datetime.combine(day, time(23, 59, 59), clock.zone()).astimezone(UTC)


def deadline(start: datetime, working_days: int, days: Days = NATIONAL) -> datetime:
    """The end of the `working_days`-th working day after `start`, in UTC."""
    return end_of_day(add_working_days(start.astimezone(clock.zone()).date(), working_days, days))


def opening(day: date) -> datetime:
    """When offices open on a day, in UTC."""
    return datetime.combine(day, OPENS, clock.zone()).astimezone(UTC)


def half_way(start: datetime, due_at: datetime, days: Days = NATIONAL) -> datetime:
    """When to remind of what is due: the first working morning on which half of the working days are gone, in UTC.

    A time limit without a working day, over a weekend, is halved as the clock runs.
    """
    first, last = (each.astimezone(clock.zone()).date() for each in (start, due_at))
    count = working_days_between(first, last, days)
    if count < 1:
        return start + (due_at - start) / 2
    return min(opening(add_working_days(first, count // 2 + 1, days)), due_at)


@dataclass(frozen=True)
class Within:
    """A time limit as a programme's file states it."""

    count: int
    unit: Literal["working day", "day", "month"]

    def after(self, start: datetime, days: Days = NATIONAL) -> datetime:
        """The last moment of this time limit when it begins at `start`."""
        day = start.astimezone(clock.zone()).date()
        if self.unit == "working day":
            return end_of_day(add_working_days(day, self.count, days))
        if self.unit == "day":
            return end_of_day(day + timedelta(days=self.count))
        return end_of_day(add_months(day, self.count))


@cache
def parse_within(text: str) -> Within:
    """Read '7 working days', '10 days' or '3 months'; raises UnreadableWithin."""
    found = WITHIN.match(text.strip())
    if not found:
        raise UnreadableWithin(text=text)
    return Within(int(found["count"]), found["unit"].removesuffix("s"))  # type: ignore[arg-type]
