"""What the clock does with sessions: it forgets those that are over for long."""

from datetime import timedelta

from services.intake.sessions import commands
from shared.bus import bell
from shared.storage import Database


@bell("intake", "forget-sessions", every=timedelta(hours=1))
def forget_sessions(database: Database) -> None:
    """Drop the sessions that have been over for long."""
    with database.transaction() as session:
        commands.forget_sessions(session)
