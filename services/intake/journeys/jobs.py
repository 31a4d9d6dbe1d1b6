"""What the clock does with journeys: it sees to it that whatever waits for a decision is owed by somebody."""

from datetime import timedelta

from services.intake.journeys import moves
from shared.bus import bell
from shared.storage import Database

AT_ONCE = 500


@bell("intake", "owe-decisions", every=timedelta(minutes=1))
def owe_decisions(database: Database) -> None:
    """Let leading offices owe what stood undecided before decisions were owed, in an earlier release or a restore."""
    owed = AT_ONCE
    while owed == AT_ONCE:
        with database.transaction() as session:
            owed = moves.owe_missing(session, AT_ONCE)
