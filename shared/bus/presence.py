"""How one sees that a relay or a worker is alive: by a connection of its own to its service's database.

PostgreSQL lists every connection with the name that its owner gives it, and drops it the moment the owner is gone, so
nothing has to be written down and nothing is left over from the dead. The name is said again every few seconds, which
also tells when its owner was last at work.
"""

import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.kernel.logging import get_logger
from shared.storage.database import Database

log = get_logger(__name__)

SAY_EVERY = 5.0
"""Seconds after which a part says again that it is there."""
CONNECT_WITHIN = 3
MOST_OF_A_HOST = 20
"""Letters of the host's name: PostgreSQL cuts the whole name at 63."""
SILENT_AFTER = 30.0
"""Seconds without a word after which a part that is still connected counts as silent."""

PRESENT = text(
    """
    SELECT a.application_name AS name, a.backend_start AS since,
           extract(epoch FROM clock_timestamp() - a.state_change) AS silent_for,
           EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory' AND l.granted
                   AND l.classid = 0 AND l.objid = :relay_lock) AS leads
    FROM pg_stat_activity a
    WHERE a.datname = current_database() AND a.application_name LIKE 'kail|%'
    ORDER BY a.backend_start
    """
)


@dataclass(frozen=True)
class Present:
    """A part of this service that is connected to its database at the moment."""

    part: str
    version: str
    place: str
    since: datetime
    silent_for: float
    leads: bool
    bell_at: datetime | None

    @property
    def is_silent(self) -> bool:
        """Whether it is connected and yet says nothing any more."""
        return self.silent_for > SILENT_AFTER


def name_of(part: str, bell_at: float | None = None) -> str:
    """The name under which a part of this process stands among the database's connections."""
    place = f"{socket.gethostname()[:MOST_OF_A_HOST]}:{os.getpid()}"
    return "|".join(("kail", part, version("kail"), place, str(int(bell_at)) if bell_at else ""))


def present(session: Session, relay_lock: int) -> list[Present]:
    """The relays and workers that are connected to this service's database, the oldest first."""
    rows = session.execute(PRESENT, {"relay_lock": relay_lock})
    return [found for row in rows if (found := _read(row.name, row.since, float(row.silent_for), row.leads))]


def _read(name: str, since: datetime, silent_for: float, leads: bool) -> Present | None:
    parts = name.split("|")
    if len(parts) != 5:
        return None
    _, part, release, place, rung = parts
    bell_at = datetime.fromtimestamp(int(rung), UTC) if rung.isdigit() else None
    return Present(part, release, place, since, max(silent_for, 0.0), leads, bell_at)


def stay(base: Database, part: str, bell_at: Callable[[], float | None] = lambda: None) -> threading.Event:
    """Be seen in this service's database until the event that is given back is set, from a thread of its own."""
    ending = threading.Event()
    threading.Thread(target=_stay, args=(base.dsn, part, bell_at, ending), daemon=True).start()
    return ending


def _stay(dsn: str, part: str, bell_at: Callable[[], float | None], ending: threading.Event) -> None:
    while not ending.is_set():
        try:
            with psycopg.connect(dsn, autocommit=True, connect_timeout=CONNECT_WITHIN) as connection:
                while not ending.is_set():
                    say(connection, part, bell_at())
                    ending.wait(SAY_EVERY)
        except psycopg.Error as error:
            log.warning("presence-lost", part=part, error=type(error).__name__)
            ending.wait(SAY_EVERY)


def say(connection: psycopg.Connection, part: str, bell_at: float | None = None) -> None:
    """Say on this connection that the part is there."""
    connection.execute("SELECT set_config('application_name', %s, false)", [name_of(part, bell_at)])
