"""Keeps the parts running: forks them, forks again whatever dies, and stops all in order.

The supervisor imports everything once and opens no connection of its own, so that a fork is cheap and clean: a part
that died is back within a second.
"""

import contextlib
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from setproctitle import setproctitle

from services.supervise.parts import Part, die_with_our_parent

STEADY_AFTER = 30.0
"""Seconds after which a part counts as running well, so that its next death is a first one again."""
LONGEST_PAUSE = 30.0
ENDS_WITHIN = 20.0
REPORTED_AFTER = 3
HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Report = Callable[[str], None]


@dataclass
class Running:
    """A part and its present process."""

    part: Part
    pid: int | None = None
    started: float = 0.0
    quick_deaths: int = 0
    restarts: int = 0
    restart_at: float | None = None

    @property
    def pause(self) -> float:
        """How long to wait before the next start: nothing after a first death, then ever longer."""
        return min(0.25 * 2.0 ** (self.quick_deaths - 1), LONGEST_PAUSE) if self.quick_deaths > 1 else 0.0


class Supervisor:
    """The parts of one machine, their processes and their logs."""

    def __init__(self, parts: Iterable[Part], logs: Path, report: Report) -> None:
        self.running = {part.name: Running(part) for part in parts}
        self.logs = logs
        self.report = report

    def start_all(self) -> None:
        """Start every part."""
        self.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        for running in self.running.values():
            self._start(running)

    def add(self, part: Part) -> None:
        """Start one more part."""
        running = self.running[part.name] = Running(part)
        self._start(running)

    def look_after(self) -> bool:
        """Start again whatever has died; says whether anything changed. Call it a few times a second."""
        changed = False
        for running in self.running.values():
            if running.pid is not None:
                changed |= self._notice_death(running)
            if running.pid is None and running.restart_at is not None and time.monotonic() >= running.restart_at:
                running.restarts += 1
                self._start(running)
                changed = True
        return changed

    def stop_all(self) -> None:
        """Stop the parts round by round: first what lets new work in, then what works it off."""
        for number in sorted({running.part.stops_in_round for running in self.running.values()}):
            here = [each for each in self.running.values() if each.part.stops_in_round == number and each.pid]
            for each in here:
                _signal(each.pid, signal.SIGTERM)
            deadline = time.monotonic() + ENDS_WITHIN
            for each in here:
                while not self._has_ended(each):
                    if time.monotonic() > deadline:
                        self.report(f"{each.part.name} did not end in time and was killed")
                        _signal(each.pid, signal.SIGKILL)
                        deadline += 1
                    time.sleep(0.02)

    def run_once(self, part: Part) -> int:
        """Run a part to its end and give its exit code; for what must be done before the others start."""
        running = Running(part)
        self.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._start(running)
        assert running.pid is not None
        return os.waitstatus_to_exitcode(os.waitpid(running.pid, 0)[1])

    def log_of(self, name: str) -> Path:
        """Where a part's log is."""
        return self.logs / f"{name}.log"

    def _start(self, running: Running) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        running.restart_at, running.started = None, time.monotonic()
        # Until the fork has let go of our handlers, a signal waits; else ours would swallow it there.
        signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
        running.pid = os.fork()
        if running.pid == 0:
            _become(running.part, self.log_of(running.part.name))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)

    def _notice_death(self, running: Running) -> bool:
        code = self._exit_code(running)
        if code is None:
            return False
        running.pid = None
        if running.part.once and code == 0:
            return True
        lived = time.monotonic() - running.started
        running.quick_deaths = running.quick_deaths + 1 if lived < STEADY_AFTER else 1
        running.restart_at = time.monotonic() + running.pause
        name = running.part.name
        if running.quick_deaths >= REPORTED_AFTER:
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            self.report(
                f"{name} keeps ending ({how}, {running.quick_deaths} times in a row); trying again in "
                f"{running.pause:.1f} s. Its log: {self.log_of(name)}"
            )
        else:
            self.report(f"{name} ended and was started again")
        return True

    def _has_ended(self, running: Running) -> bool:
        if running.pid is not None and self._exit_code(running) is not None:
            running.pid = None
        return running.pid is None

    def _exit_code(self, running: Running) -> int | None:
        assert running.pid is not None
        pid, status = os.waitpid(running.pid, os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if pid else None


def _signal(pid: int | None, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        if pid is not None:
            os.kill(pid, number)


def _become(part: Part, log: Path) -> None:
    """Turn this fresh fork into the part; never comes back."""
    code = 1
    try:
        for number in HANDLED:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
        os.setpgid(0, 0)  # Ctrl-C is for the supervisor, which then stops us in order
        die_with_our_parent()
        os.closerange(3, 256)  # the supervisor's lock must not live on in us
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for ours, theirs in ((nothing, 0), (out, 1), (out, 2)):
            os.dup2(ours, theirs)
        setproctitle(f"kail: {part.name}")
        from shared.kernel import logging

        logging.configure(part.name)
        part.run()
        code = 0
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    except BaseException:  # noqa: BLE001 (the last word of a dying process belongs into its log)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
