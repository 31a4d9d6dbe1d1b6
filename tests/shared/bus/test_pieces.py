"""A piece of long work gets so much of the processor, and a run so many tries."""

import resource
import signal
import subprocess
import sys

import pytest

from shared.bus import pieces

ENDLESS = """
from shared.bus import pieces
pieces.PROCESSOR_SECONDS = 1
with pieces.bounded():
    while True:
        pass
"""


@pytest.mark.slow
def test_a_piece_that_never_ends_is_ended_by_the_system() -> None:
    assert subprocess.run([sys.executable, "-c", ENDLESS], check=False).returncode == -signal.SIGXCPU


def test_afterwards_nothing_is_bounded() -> None:
    before = resource.getrlimit(resource.RLIMIT_CPU)
    with pieces.bounded():
        assert resource.getrlimit(resource.RLIMIT_CPU)[0] >= pieces.PROCESSOR_SECONDS
    assert resource.getrlimit(resource.RLIMIT_CPU) == before


def test_a_run_is_taken_up_so_often_until_it_gets_on() -> None:
    run = pieces.InPieces()
    run.tries = 0
    for _ in range(2):
        assert [run.take_up() for _ in range(pieces.MOST_TRIES + 1)] == [True] * pieces.MOST_TRIES + [False]
        run.got_on()
