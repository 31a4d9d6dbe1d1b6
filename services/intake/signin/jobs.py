"""What the clock does with signing in: it forgets wrong guesses that count no longer."""

from datetime import timedelta

from services.intake.signin import guessing
from shared.bus import bell
from shared.storage import Database


@bell("intake", "forget-failures", every=timedelta(hours=1))
def forget_failures(database: Database) -> None:
    """Drop the failed attempts to sign in that count no longer."""
    with database.transaction() as session:
        guessing.forget_failures(session)
