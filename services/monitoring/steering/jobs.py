"""What the clock does with a coordinator's questions: an explanation that does not come is told on."""

from datetime import timedelta

from services.monitoring.steering import commands
from shared.bus import bell
from shared.storage import Database

EVERY = timedelta(seconds=5)


@bell("monitoring", "escalate-explanations", every=EVERY)
def escalate_explanations(database: Database) -> None:
    """Tell whoever asked of explanations that are past their day, once of each."""
    told = commands.AT_ONCE
    while told == commands.AT_ONCE:
        with database.transaction() as session:
            told = commands.escalate_late(session)
