"""Waiting for what other processes do: as short as they allow, and long enough for a busy machine."""

import time
from collections.abc import Callable

PATIENCE = 120
"""Seconds; a wait ends as soon as its claim holds, so that only a failure takes this long."""


def wait_until(claim: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Return as soon as `claim` holds; fail with `what` when it never does."""
    end = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < end, what
        time.sleep(0.05)
