"""From one day to the next: wait until all events have arrived, then move the clock to when something is due."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError

from services.simulate.case import morning
from services.simulate.client import OUTAGE, TRIES_EVERY
from services.simulate.standstill import Standstill
from shared.bus import metrics
from shared.kernel import calendar, clock
from shared.storage import Database
from shared.storage.clock import ahead_of, put_ahead

STANDS_AFTER = 120.0
"""Seconds without any event on its way moving after which a simulation gives up; as long as some do, it waits."""
LOOK_EVERY = 0.05
CLOCK_IS_KNOWN_AFTER = 0.25
"""Seconds after which every process has read the moved clock."""


class NotSettled(RuntimeError):
    """Events are still under way, or held, after a long time."""


@dataclass
class Days:
    """The operator's two acts, on the databases themselves."""

    databases: Mapping[str, Database]
    days_per_second: float | None
    stopping: Callable[[], bool] = lambda: False

    def begin(self) -> None:
        """Read what day it is for the domain."""
        _until_there(self._read_clock)

    def settle(self) -> None:
        """Wait until no event is under way, seen twice in a row; raises NotSettled once nothing moves any more."""
        standstill, quiet = Standstill(STANDS_AFTER), 0
        while quiet < 2 and not self.stopping():
            left = [self._under_way(each) for each in self.databases.values()]
            quiet = quiet + 1 if all(each == 0 for each in left) else 0
            if standstill.reached(left) and quiet == 0:
                raise NotSettled(f"events are under way, but none moves since {STANDS_AFTER:.0f} s; see `kail status`")
            time.sleep(LOOK_EVERY)

    def go_on_at(self, wanted: datetime, *, worked_since: float) -> int:
        """Move the clock to the first working morning at or after a moment; gives the number of days gone by."""
        day = wanted.astimezone(clock.zone()).date()
        while not calendar.is_working_day(day) or morning(day) < wanted:
            day += timedelta(days=1)
        ahead = morning(day) - clock.now()
        if ahead <= timedelta():
            return 0
        gone = (day - clock.today()).days
        self._keep_pace(gone, worked_since)
        ahead = clock.offset() + max(morning(day) - clock.now(), timedelta())
        _until_there(lambda: put_ahead(self.databases.values(), ahead))
        time.sleep(CLOCK_IS_KNOWN_AFTER)
        return gone

    def _read_clock(self) -> None:
        with self.databases["intake"].reading() as session:
            clock.set_offset(ahead_of(session))

    def _keep_pace(self, days: int, worked_since: float) -> None:
        if self.days_per_second is None:
            return
        until = worked_since + days / self.days_per_second
        while (left := until - time.monotonic()) > 0 and not self.stopping():
            time.sleep(min(left, 0.2))

    @staticmethod
    def _under_way(database: Database) -> int | None:
        """How many events are; None while the database is away."""
        try:
            with database.reading() as session:
                return metrics.under_way(session)
        except DBAPIError:
            return None


def _until_there(act: Callable[[], None]) -> None:
    """Do it, again and again while a database is away."""
    end = time.monotonic() + OUTAGE
    while True:
        try:
            return act()
        except DBAPIError:
            if time.monotonic() > end:
                raise
        time.sleep(TRIES_EVERY)
