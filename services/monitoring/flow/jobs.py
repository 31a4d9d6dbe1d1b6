"""What the clock does for the read model: sum what no delivery has summed."""

from datetime import timedelta

from services.monitoring.flow import summing
from shared.bus import bell
from shared.storage import Database


@bell("monitoring", "sum-journeys", every=timedelta(seconds=1))
def sum_journeys(database: Database) -> None:
    """Bring the tallies up to date."""
    summing.sum_up(database)
