"""What the clock does for the logs: look at one's own every day, and tell another service of its head."""

from datetime import timedelta

from shared.anchors import commands
from shared.anchors.logs import LOOKS, ChainedLog
from shared.bus import Bell, bell
from shared.storage import Database


def anchor_looks(service: str) -> Bell:
    """The bell by which a service looks at its log of looks once a day."""

    return anchor_log(service, LOOKS)


def anchor_log(service: str, log: ChainedLog) -> Bell:
    """The bell by which a service looks at one of its logs once a day."""

    @bell(service, f"anchor-{log.name}s", every=timedelta(minutes=30))
    def ring(database: Database) -> None:
        with database.transaction() as session:
            commands.look_at_own_log(session, service, log)

    return ring
