"""What "within her areas" means, in Python and in SQL; everything that narrows by area asks here.

An area code covers itself and all codes below it: "64.02" covers "64.02.05.2001" and not "64.021". No areas cover
nothing: whoever works nowhere sees nobody.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, false, func, or_

from shared.places import covers

__all__ = ["covering", "covers", "meet", "within"]


def within(column: Any, areas: Iterable[str]) -> ColumnElement[bool]:
    """Whether a column's area code lies in one of these areas; in none where there are none."""
    return or_(false(), *(or_(column == area, column.startswith(f"{area}.", autoescape=True)) for area in areas))


def covering(areas: Any, column: Any) -> ColumnElement[bool]:
    """Which of the areas in one column cover the area in another."""
    return or_(areas == column, func.starts_with(column, areas + "."))


def meet(some: Iterable[str], others: Iterable[str]) -> bool:
    """Whether one of some areas lies in one of the others, or the other way round."""
    beside = tuple(others)
    return any(covers(one, other) or covers(other, one) for one in some for other in beside)
