"""How long whoever guesses has to wait."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.intake.signin import rules
from services.intake.signin.rules import ADDRESS, NAME, Failures, Growing

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
NOTHING = timedelta()


@pytest.mark.parametrize(
    ("rule", "failures", "expected"),
    [
        (NAME, 0, NOTHING),
        (NAME, 10, NOTHING),
        (NAME, 11, SECOND),
        (NAME, 12, 2 * SECOND),
        (NAME, 15, 16 * SECOND),
        (NAME, 20, 5 * MINUTE),
        (NAME, 1_000_000, 5 * MINUTE),
        (ADDRESS, 50, NOTHING),
        (ADDRESS, 51, SECOND),
        (ADDRESS, 53, 4 * SECOND),
        (ADDRESS, 5_000, 30 * SECOND),
    ],
)
def test_a_wait_doubles_and_has_an_end(rule: Growing, failures: int, expected: timedelta) -> None:
    assert rule.after(failures) == expected


def tried(**changes: Any) -> timedelta:
    given: dict[str, Any] = {
        "here": [],
        "is_hers": False,
        "of_name": Failures(),
        "of_network": Failures(),
        "of_address": Failures(),
    }
    return rules.wait(NOW, **given | changes)


MANY, FEW = Failures(1_000, NOW), Failures(rules.FREE_FOR_A_NETWORK - 1, NOW)
HERE = [NOW - number * MINUTE for number in range(rules.STRICT)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, NOTHING),
        # Where she is, the fifth failure is the last for a quarter of an hour: hers or not.
        ({"here": HERE[1:]}, NOTHING),
        ({"here": HERE}, 11 * MINUTE),
        ({"here": HERE, "is_hers": True}, 11 * MINUTE),
        ({"here": [NOW - rules.WINDOW] * rules.STRICT}, NOTHING),
        # What strangers do to her name concerns only networks that have guessed at it themselves.
        ({"of_name": MANY}, NOTHING),
        ({"of_name": MANY, "of_network": FEW}, NOTHING),
        ({"of_name": MANY, "of_network": Failures(rules.FREE_FOR_A_NETWORK, NOW)}, 5 * MINUTE),
        ({"of_name": MANY, "of_network": MANY}, 5 * MINUTE),
        ({"of_name": MANY, "of_network": MANY, "of_address": MANY}, 5 * MINUTE),
        ({"of_name": MANY, "of_network": MANY, "is_hers": True}, NOTHING),
        ({"of_name": Failures(1_000, NOW - 5 * MINUTE), "of_network": MANY}, NOTHING),
        # Behind one proxy everybody waits a little, and whoever is known there does not.
        ({"of_address": MANY}, 30 * SECOND),
        ({"of_address": MANY, "is_hers": True}, NOTHING),
        ({"of_address": Failures(1_000, NOW - 30 * SECOND)}, NOTHING),
        ({"here": HERE, "of_address": MANY}, 11 * MINUTE),
    ],
)
def test_who_has_to_wait_and_for_how_long(changes: dict[str, Any], expected: timedelta) -> None:
    assert tried(**changes) == expected
