"""The bell that says that bells ring."""

from shared.bus import Bell, bell
from shared.outages import commands, rules
from shared.storage import Database


def note_rings(service: str) -> Bell:
    """The bell by which a service keeps when its bells last rang."""

    @bell(service, "note-ring", every=rules.RINGS_EVERY)
    def ring(database: Database) -> None:
        with database.transaction() as session:
            commands.note_ring(session)

    return ring
