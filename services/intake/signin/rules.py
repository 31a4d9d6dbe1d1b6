"""How long somebody has to wait who has guessed wrongly.

Nobody is locked: a wait ends by itself, and grows only for those who do not seem to be her. A browser in which she has
signed in before (a device), and the network that she has signed in from, are believed to be hers: what strangers do to
her name or from the same proxy does not make her wait there. What is tried there itself is counted strictly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

STRICT = 5
"""Wrong passwords for a name from one address, or in one browser of hers, that are heard within `WINDOW`."""
WINDOW = timedelta(minutes=15)
COUNTED = timedelta(days=1)
"""How long a failure counts towards what grows."""
FREE_FOR_A_NETWORK = 3
"""Wrong passwords that a network may send for a name in a day before the name's own wait concerns it."""


@dataclass(frozen=True)
class Growing:
    """A wait that doubles with each failure beyond the free ones, up to the longest."""

    free: int
    longest: timedelta

    def after(self, failures: int) -> timedelta:
        """How long after the latest of so many failures the next attempt may come."""
        if failures <= self.free:
            return timedelta()
        return min(timedelta(seconds=2 ** min(failures - self.free - 1, 20)), self.longest)


NAME = Growing(free=10, longest=timedelta(minutes=5))
ADDRESS = Growing(free=50, longest=timedelta(seconds=30))


@dataclass(frozen=True)
class Failures:
    """How many failures of one kind there were in the last `COUNTED`, and when the latest was."""

    number: int = 0
    latest: datetime | None = None


def strictly(now: datetime, latest: Sequence[datetime]) -> timedelta:
    """How long to wait, given the latest failures there, newest first."""
    if len(latest) < STRICT:
        return timedelta()
    return max(latest[STRICT - 1] + WINDOW - now, timedelta())


def growing(now: datetime, rule: Growing, failures: Failures) -> timedelta:
    """How long to wait after these failures."""
    if failures.latest is None:
        return timedelta()
    return max(failures.latest + rule.after(failures.number) - now, timedelta())


def wait(
    now: datetime,
    *,
    here: Sequence[datetime],
    is_hers: bool,
    of_name: Failures,
    of_network: Failures,
    of_address: Failures,
) -> timedelta:
    """How long whoever tries a name now has to wait: `here` are the latest failures in the same place, newest first.

    `of_network` are those of this name from the network around the address.
    """
    waits = [strictly(now, here)]
    if not is_hers:
        waits.append(growing(now, ADDRESS, of_address))
        if of_network.number >= FREE_FOR_A_NETWORK:
            waits.append(growing(now, NAME, of_name))
    return max(waits)
