"""What the dashboard believes: who may see small figures, how those are hidden, and what a fair share would be."""

from collections.abc import Hashable, Mapping
from datetime import date
from typing import TypeVar

from services.monitoring.flow.rules import sees_small_figures
from shared.identity.officer import Officer
from shared.privacy import cells

SOON = 50
"""Per cent of its time limit after which an open stage is due soon: the moment at which its office is reminded."""
RECENT_MONTHS = 6
"""Months before this one whose promises and cohorts stand apart."""

Row = TypeVar("Row", bound=Hashable)
Column = TypeVar("Column", bound=Hashable)


def shown(counts: Mapping[Row, int], officer: Officer) -> dict[Row, int | None]:
    """The figures of a row whose total is shown, None where this officer may not see it."""
    return dict(counts) if sees_small_figures(officer) else cells.shown(counts)


def shown_alone(count: int, officer: Officer) -> int | None:
    """One figure that stands for itself."""
    return None if not sees_small_figures(officer) and cells.suppressed(count) else count


def shown_funnel(
    opened: Mapping[Column, int], reached: Mapping[Row, Mapping[Column, int]], officer: Officer
) -> dict[Row, dict[Column, int | None]]:
    """How many of each cohort came so far, None where this officer may not see it.

    Who did not come so far is counted as well, by subtraction: both must be many enough. A row's total is shown
    elsewhere, so a single hidden cohort takes another one with it.
    """
    if sees_small_figures(officer):
        return {row: dict(cohorts) for row, cohorts in reached.items()}
    found: dict[Row, dict[Column, int | None]] = {}
    for row, cohorts in reached.items():
        hidden = {
            each
            for each, count in cohorts.items()
            if cells.suppressed(count) or 0 < opened[each] - count < cells.FEWEST_SHOWN
        }
        if len(hidden) == 1 and len(cohorts) > 1:
            hidden.add(min(cohorts.keys() - hidden, key=lambda each: cohorts[each]))
        found[row] = {each: None if each in hidden else count for each, count in cohorts.items()}
    return found


def percent(part: int | None, whole: int | None) -> int | None:
    """A share, rounded down; None where either is hidden or there is nothing to share."""
    return part * 100 // whole if part is not None and whole else None


def even_share(total: int, parts: int) -> float:
    """What each part would have if all had the same."""
    return total / parts if parts else 0.0


def fairness(reached: int | None, even: float) -> float | None:
    """A part's figure as a multiple of the even share; None where it is hidden or nobody is reached yet."""
    return round(reached / even, 2) if reached is not None and even else None


def months_back(today: date, count: int) -> list[date]:
    """The first days of this month and of so many before it, the earliest first."""
    months = [
        date(today.year + (today.month - 1 - back) // 12, (today.month - 1 - back) % 12 + 1, 1)
        for back in range(count + 1)
    ]
    return months[::-1]
