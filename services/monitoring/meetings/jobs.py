"""What the clock does with meetings: what hangs on a journey ends with it."""

from datetime import timedelta

from services.monitoring.meetings import commands
from shared.bus import bell
from shared.storage import Database

EVERY = timedelta(seconds=5)


@bell("monitoring", "end-tasks", every=EVERY)
def end_tasks(database: Database) -> None:
    """End the tasks and agenda items of journeys that have ended, however and whenever that was heard."""
    with database.transaction() as session:
        commands.end_with_journeys(session)
