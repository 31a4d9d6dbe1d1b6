"""The supervisor starts again whatever dies, says so when it keeps dying, and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from services.embedded.process import is_alive
from services.supervise.home import Home, HomeTaken
from tests.waiting import wait_until

PROGRAM = """
import os, pathlib, sys, time
from services.supervise.parts import Part
from services.supervise.supervisor import Supervisor
from shared.kernel.stopping import Stopping

home = pathlib.Path(sys.argv[1])

def sleeps():
    (home / f"alive-{os.getpid()}").touch()
    time.sleep(60)

def dies():
    raise RuntimeError("no luck today")

def forks():
    if os.fork() == 0:
        (home / "grandchild").write_text(str(os.getpid()))
    time.sleep(60)

def ends():
    print("all done", flush=True)

PARTS
stopping = Stopping()
supervisor = Supervisor(parts, home / "logs", lambda sentence: print("said:", sentence, flush=True))
supervisor.start_all()
print("pids:", *(each.pid for each in supervisor.running.values()), flush=True)
while not stopping.wait(0.05):
    if supervisor.look_after():
        print("pids:", *(each.pid for each in supervisor.running.values()), flush=True)
supervisor.stop_all()
print("stopped", flush=True)
"""


class Supervised:
    def __init__(self, home, parts):
        program = PROGRAM.replace("PARTS", f"parts = [{parts}]")
        self.process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(program), str(home)], stdout=subprocess.PIPE, text=True
        )

    def next_line(self, start):
        for line in self.process.stdout:
            if line.startswith(start):
                return line.removeprefix(start).strip()
        raise AssertionError(f"it ended without saying {start!r}")

    def pids(self):
        return [int(pid) if pid != "None" else None for pid in self.next_line("pids:").split()]

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture
def supervise(tmp_path):
    started = []

    def start(parts):
        started.append(Supervised(tmp_path, parts))
        return started[-1]

    yield start
    for each in started:
        each.close()


def test_a_part_that_is_killed_is_back_at_once_and_the_other_is_left_alone(supervise):
    supervised = supervise("Part('one', sleeps), Part('two', sleeps)")
    one, two = supervised.pids()
    os.kill(one, signal.SIGKILL)
    assert supervised.next_line("said:") == "one ended and was started again"
    again, still = supervised.pids()
    while again is None:
        again, still = supervised.pids()
    assert again != one
    assert still == two


def test_a_part_that_keeps_dying_is_reported_with_its_log(supervise, tmp_path):
    supervised = supervise("Part('unlucky', dies)")
    said = ""
    while "keeps ending" not in said:
        said = supervised.next_line("said:")
    log = tmp_path / "logs" / "unlucky.log"
    assert "exit code 1" in said
    assert str(log) in said
    assert "no luck today" in log.read_text()


def test_work_that_has_an_end_is_not_started_again(supervise, tmp_path):
    supervised = supervise("Part('short', ends, once=True), Part('one', sleeps)")
    supervised.pids()
    assert supervised.pids()[0] is None
    time.sleep(0.5)
    assert (tmp_path / "logs" / "short.log").read_text() == "all done\n"


def test_stopping_ends_every_part(supervise):
    supervised = supervise("Part('first', sleeps, stops_in_round=0), Part('second', sleeps)")
    pids = supervised.pids()
    supervised.process.send_signal(signal.SIGTERM)
    assert supervised.next_line("stopped") == ""
    assert not any(is_alive(pid) for pid in pids)
    assert supervised.process.wait() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent is gone")
def test_no_part_and_no_child_of_a_part_outlives_a_killed_supervisor(supervise, tmp_path):
    supervised = supervise("Part('one', sleeps), Part('parent', forks)")
    pids = supervised.pids()
    born = tmp_path / "grandchild"
    wait_until(lambda: born.exists() and born.read_text(), "the grandchild was not born")
    wait_until(lambda: list(tmp_path.glob("alive-*")), "the part did not start")
    supervised.process.kill()
    supervised.process.wait()
    everybody = [*pids, int(born.read_text())]
    wait_until(lambda: not any(is_alive(pid) for pid in everybody), f"some of {everybody} live on")


def test_two_copies_cannot_share_a_home_and_a_killed_one_leaves_it_free(tmp_path):
    program = (
        "import pathlib, sys, time\n"
        "from services.supervise.home import Home\n"
        "home = Home(pathlib.Path(sys.argv[1]))\n"
        "with home.taken():\n"
        "    home.write_note({'supervisor': 4711})\n"
        "    print('taken', flush=True)\n"
        "    time.sleep(60)\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "taken\n"
    home = Home(tmp_path)
    assert home.is_taken()
    with pytest.raises(HomeTaken, match="process 4711"), home.taken():
        pass
    holder.kill()
    holder.wait()
    holder.stdout.close()
    assert json.loads((tmp_path / "running.json").read_text()) == {"supervisor": 4711}
    assert not home.is_taken()
    with home.taken():
        assert home.is_taken()
    assert home.note() == {}
