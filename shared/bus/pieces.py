"""Long work in pieces: each is tried a few times at most and given a bounded time of the processor.

How long a whole run takes depends on what was sent and on the machine, so nothing here counts minutes. A piece is a
second's work; one that wants a hundred times as much never ends, and the system ends its process. A run that was taken
up several times without getting on (a piece ends its process, or fails) is marked as failed, so that a person sees it
and can start it again.
"""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Mapped, mapped_column

MOST_TRIES = 5
PROCESSOR_SECONDS = 120


class InPieces:
    """What a run remembers of how often it was taken up since it last got on."""

    tries: Mapped[int] = mapped_column(default=0, server_default="0")

    def take_up(self) -> bool:
        """Count one more try; False when there have been too many."""
        if self.tries >= MOST_TRIES:
            return False
        self.tries += 1
        return True

    def got_on(self) -> None:
        """Begin to count anew: a piece is done."""
        self.tries = 0


@contextmanager
def bounded() -> Iterator[None]:
    """Give what is done here so many seconds of the processor; whoever wants more is ended, and its process with it."""
    usual, most = resource.getrlimit(resource.RLIMIT_CPU)
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + PROCESSOR_SECONDS, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (usual, most))
