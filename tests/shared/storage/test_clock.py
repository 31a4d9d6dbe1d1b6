"""The domain's clock goes forward from where it stands, whoever moves it and however often."""

import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest
from click.testing import CliRunner

from services.supervise.clock import clock as command
from shared.kernel import clock
from shared.storage import Database
from shared.storage.clock import advance, ahead_of, put_ahead


@pytest.fixture
def databases(
    intake_db: Database, grants_db: Database, training_db: Database, monitoring_db: Database
) -> list[Database]:
    """All that have a clock."""
    return [intake_db, grants_db, training_db, monitoring_db]


def stands(databases: Sequence[Database]) -> list[timedelta]:
    found = []
    for each in databases:
        with each.reading() as session:
            found.append(ahead_of(session))
    return found


@pytest.mark.parametrize("steps", [(5, 1), (200, 190, 5), (1, 1, 1), (0.5, 0.25)])
def test_each_step_counts_from_where_the_clock_stands(databases: list[Database], steps: Sequence[float]) -> None:
    for days in steps:
        clock.set_offset(timedelta())  # as in a process that has just begun
        advance(databases, timedelta(days=days))
    assert stands(databases) == [timedelta(days=sum(steps))] * 4
    assert clock.offset() == timedelta(days=sum(steps))


def test_the_command_counts_from_where_the_clock_stands_and_says_the_day(databases: list[Database]) -> None:
    for _ in range(2):
        clock.set_offset(timedelta())
        said = CliRunner().invoke(command, ["advance", "--days", "30"])
        assert said.exit_code == 0, said.output
    assert stands(databases) == [timedelta(days=60)] * 4
    assert said.output.startswith(f"Now it is {clock.today():%Y-%m-%d}")


def test_two_who_advance_it_at_once_both_count(databases: list[Database]) -> None:
    threads = [threading.Thread(target=advance, args=(databases, timedelta(days=1))) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert stands(databases) == [timedelta(days=4)] * 4


def test_one_that_was_behind_catches_up(databases: list[Database]) -> None:
    advance(databases[:2], timedelta(days=3))
    advance(databases, timedelta(days=1))
    assert stands(databases) == [timedelta(days=4)] * 4


def test_a_moment_that_is_put_twice_is_put_once_and_none_goes_back(databases: list[Database]) -> None:
    for days in (3, 3, 2):
        put_ahead(databases, timedelta(days=days))
    assert stands(databases) == [timedelta(days=3)] * 4
    with pytest.raises(ValueError, match="forward"):
        advance(databases, -timedelta(days=1))
