"""The bell that goes on with counting dates anew, until no decree waits for it."""

from datetime import timedelta

from services.intake.calendars import recount
from shared.bus import bell
from shared.storage import Database


@bell("intake", "recount-dates", every=timedelta(seconds=5))
def recount_dates(database: Database) -> None:
    """Count open dates anew after a calendar has changed."""
    recount.recount_all(database)
