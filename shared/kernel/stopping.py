"""The wish that this process ends, as a signal brings it.

Not a `threading.Event`: its lock is not reentrant, so that a handler that sets it while the main thread is just about
to wait for it blocks the process for good. Seen once in some hundred stops on a busy machine.
"""

import contextlib
import os
import select
import signal
from collections.abc import Iterable
from types import FrameType


class Stopping:
    """False until one of the signals comes; whoever waits for it is woken at once."""

    def __init__(self, signals: Iterable[signal.Signals] = (signal.SIGTERM, signal.SIGINT)) -> None:
        self._wish = False
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        for number in signals:
            signal.signal(number, self._stop)

    def __bool__(self) -> bool:
        return self._wish

    def is_set(self) -> bool:
        """Whether the process shall end."""
        return self._wish

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until the process shall end; says whether it shall."""
        select.select([self._reader], [], [], seconds)
        return self._wish

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._wish = True
        with contextlib.suppress(BlockingIOError):
            os.write(self._writer, b".")
