"""What the clock does for the read model: sum what no delivery has summed, and sweep what counts nobody."""

from datetime import timedelta

from services.monitoring.flow import summing
from shared.bus import bell
from shared.storage import Database


@bell("monitoring", "sum-journeys", every=timedelta(seconds=1))
def sum_journeys(database: Database) -> None:
    """Bring the tallies up to date."""
    summing.sum_up(database)


@bell("monitoring", "sweep-tallies", every=timedelta(minutes=10))
def sweep_tallies(database: Database) -> None:
    """Remove the lines of the tallies that count nobody any more."""
    with database.transaction() as session:
        summing.sweep(session)


BELLS = (sum_journeys, sweep_tallies)
