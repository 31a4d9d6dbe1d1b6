"""Giving up because nothing moves, and not because it takes long: machines differ, and none is too slow."""

import time


class Standstill:
    """Whether what is looked at again and again has stayed the same for so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._seen: object = self
        self._moved = time.monotonic()

    def reached(self, seen: object) -> bool:
        """Look once more: False where it is not what was seen before, or has not been for long."""
        if seen != self._seen:
            self._seen, self._moved = seen, time.monotonic()
        return time.monotonic() - self._moved > self.seconds
