"""What the clock does for the web: drop the answers that nobody will ask for again."""

from datetime import timedelta

from shared.bus import Bell, bell
from shared.storage import Database
from shared.web import idempotency


def forget_answers(service: str) -> Bell:
    """The bell by which a service forgets the answers that it kept for repeated requests."""

    @bell(service, "forget-answers", every=timedelta(hours=1))
    def ring(database: Database) -> None:
        with database.transaction() as session:
            idempotency.forget(session)

    return ring
