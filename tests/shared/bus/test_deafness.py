"""A worker that leaves its queue to fill is given up; one that works, or has nothing to hear, is not."""

import pytest

from shared.bus.deafness import DEAF_AFTER, LOOK_EVERY, Ear


@pytest.mark.parametrize(
    ("told", "lost"),
    [
        ({"taken": 5, "at_work": False, "waiting": 3}, True),
        ({"taken": 5, "at_work": True, "waiting": 3}, False),
        ({"taken": 5, "at_work": False, "waiting": 0}, False),
        ({"taken": 5, "at_work": False, "waiting": None}, False),
    ],
)
def test_only_a_worker_that_could_hear_and_does_not_is_given_up(told, lost):
    ear = Ear()
    looks = [ear.is_lost(**told, now=look * LOOK_EVERY) for look in range(int(DEAF_AFTER / LOOK_EVERY) + 3)]
    assert looks[-1] is lost
    assert not any(looks[:-2])


def test_whoever_takes_something_now_and_then_is_well():
    ear = Ear()
    assert not any(ear.is_lost(taken=look, at_work=False, waiting=100, now=look * DEAF_AFTER) for look in range(1, 20))
