"""Small cells: a figure that counts so few people that a neighbour could say who they are is not shown.

The hidden ones include none: if a nought were shown, a hidden cell would say that there is somebody.
"""

from collections.abc import Hashable, Mapping
from typing import TypeVar

FEWEST_SHOWN = 5
"""People that a cell must count to be shown. Source: the project's own rule for every dashboard (small cells)."""

Cell = TypeVar("Cell", bound=Hashable)


def suppressed(count: int) -> bool:
    """Whether a cell counts too few people to be shown."""
    return count < FEWEST_SHOWN


def shown(cells: Mapping[Cell, int]) -> dict[Cell, int | None]:
    """The cells of a row whose total is shown, None where hidden.

    A single hidden cell would follow from the total and the others, so the smallest of these is hidden with it.
    """
    hidden = {cell for cell, count in cells.items() if suppressed(count)}
    if len(hidden) == 1 and len(cells) > 1:
        hidden.add(min(cells.keys() - hidden, key=lambda cell: cells[cell]))
    return {cell: None if cell in hidden else count for cell, count in cells.items()}
