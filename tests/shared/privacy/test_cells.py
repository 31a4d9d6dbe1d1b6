import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.privacy.cells import FEWEST_SHOWN, shown, suppressed

ROWS = st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 30), max_size=6)


@pytest.mark.parametrize(("count", "hidden"), [(0, True), (1, True), (4, True), (5, False), (60, False)])
def test_small_cells_under_five_are_suppressed(count: int, hidden: bool) -> None:
    assert suppressed(count) is hidden


def test_a_single_small_cell_takes_the_next_smallest_with_it() -> None:
    assert shown({"a": 3, "b": 20, "c": 9}) == {"a": None, "b": 20, "c": None}


@given(ROWS)
def test_no_hidden_cell_follows_from_the_total_and_the_others(cells: dict[str, int]) -> None:
    row = shown(cells)
    hidden = [cell for cell, count in row.items() if count is None]
    assert len(hidden) != 1 or len(cells) == 1
    assert all(count is None or count >= FEWEST_SHOWN for count in row.values())
    assert all(row[cell] in (None, count) for cell, count in cells.items())
