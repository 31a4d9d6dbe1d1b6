"""Starts the embedded servers again when they end, as often as it takes."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from services.embedded.process import CannotStart, ServerProcess

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 10.0


@dataclass
class Reviver:
    """A start that fails is tried again, less and less often.

    Seen: a PostgreSQL whose first process was killed cannot start for as long as another of its processes lives, which
    may be a second; to give up over that would stop everything.
    """

    servers: Iterable[ServerProcess]
    report: Callable[[str], None]
    failures: Counter[str] = field(default_factory=Counter)
    try_at: dict[str, float] = field(default_factory=dict)

    def look_after(self) -> bool:
        """Start again whatever has ended; says whether anything changed. Call it a few times a second."""
        revived = [self._revive(each) for each in self.servers if not each.is_running]
        return any(revived)

    def _revive(self, server: ServerProcess) -> bool:
        name = server.name
        if time.monotonic() < self.try_at.get(name, 0.0):
            return False
        if not self.failures[name]:
            self.report(f"{name} ended and is started again")
        try:
            server.start()
        except CannotStart as reason:
            pause = min(FIRST_PAUSE * 2.0 ** self.failures[name], LONGEST_PAUSE)
            self.failures[name] += 1
            self.try_at[name] = time.monotonic() + pause
            self.report(f"{reason}\nTrying again in {pause:.1f} s.")
            return False
        self.failures[name] = 0
        return True
