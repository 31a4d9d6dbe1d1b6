"""What the clock does with merges: those of an earlier release, of which no service was told, are told."""

from datetime import timedelta

from services.intake.changes import merging
from shared.bus import bell
from shared.storage import Database

AT_ONCE = 500


@bell("intake", "tell-merges", every=timedelta(minutes=10))
def tell_merges(database: Database) -> None:
    """Tell every service of the records that were merged before merges were announced."""
    told = AT_ONCE
    while told == AT_ONCE:
        with database.transaction() as session:
            told = merging.tell_untold(session, AT_ONCE)
