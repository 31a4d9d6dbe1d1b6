"""Officers give up when nothing moves, never because something takes long."""

import pytest

from services.simulate import standstill
from services.simulate.standstill import Standstill


@pytest.mark.parametrize(
    ("looks", "given_up"),
    [
        ([(0, 5), (60, 5), (120, 5)], False),
        ([(0, 5), (121, 5)], True),
        ([(0, 5), (100, 4), (200, 3), (300, 2), (420, 2)], False),
        ([(0, 5), (100, 4), (221, 4)], True),
        ([(0, 5), (121, 6)], False),
        ([(0, None), (121, None)], True),
    ],
)
def test_whoever_waits_gives_up_only_when_the_same_is_seen_for_longer_than_so_many_seconds(
    monkeypatch, looks, given_up
):
    waiting = Standstill(120)
    for moment, seen in looks:
        monkeypatch.setattr(standstill.time, "monotonic", lambda moment=moment: moment)
        found = waiting.reached(seen)
    assert found is given_up
