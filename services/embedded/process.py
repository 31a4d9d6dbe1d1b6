"""What both embedded servers share: a child process that answers, is stopped cleanly, and never outlives us."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
ANSWERS_WITHIN = 60.0
"""Seconds: a PostgreSQL that was killed first repairs itself from its log."""


class CannotStart(RuntimeError):
    """A server did not come up; the message says why and where its log is."""


def die_with_parent(wish: signal.Signals) -> None:
    """Ask the kernel to send us this signal when our parent is gone, however it went (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(wish))


class ServerProcess(ABC):
    """One server: its data directory and log under the home, and its process while it runs."""

    name: str
    stop_signal: signal.Signals

    def __init__(self, home: Path) -> None:
        self.log = home / "logs" / f"{self.name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def address(self) -> str:
        """Where the server is, as an URL."""

    @property
    def is_running(self) -> bool:
        """Whether the process we started is still there."""
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self.process.pid if self.process and self.is_running else None

    @abstractmethod
    def start(self) -> None:
        """Start the server and wait until it answers; raises CannotStart."""

    def stop(self, wish: signal.Signals | None = None) -> None:
        """Ask the server to end (by default cleanly) and wait; after half a minute end it by force."""
        if self.process is None:
            return
        if self.is_running:
            self.process.send_signal(wish or self.stop_signal)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def run(self, command: Sequence[str], *, user: str | None = None, answers: Callable[[], bool]) -> None:
        """Start the process apart from the terminal's group, so that Ctrl-C reaches only whoever looks after it."""
        self.log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=user,
                group=user,
                extra_groups=[] if user else None,
                cwd="/",
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(self.stop_signal),  # noqa: PLW1509
            )
        deadline = time.monotonic() + ANSWERS_WITHIN
        while not answers():
            if not self.is_running or time.monotonic() > deadline:
                self.stop(signal.SIGKILL)
                raise CannotStart(f"{self.name} did not start; its last words are in {self.log}:\n{self._last_words()}")
            time.sleep(0.02)

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-5:])


def is_alive(pid: int) -> bool:
    """Whether a process with this id exists."""
    with contextlib.suppress(ProcessLookupError):
        try:
            os.kill(pid, 0)
        except PermissionError:
            return True
        return True
    return False
