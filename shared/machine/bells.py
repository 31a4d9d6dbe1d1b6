"""What the clock does for those who run a service: bring under the current key what stands under an older one."""

import time
from datetime import timedelta

from shared.bus import Bell, bell
from shared.privacy import renewal
from shared.privacy.keys import keyring
from shared.storage import Database

AT_ONCE = 20.0
"""Seconds of one ring; a worker's task must end within fifty."""
LOOKS_AGAIN = 15 * 60.0
"""Seconds after which a database in which nothing was left is looked through again, until the old key is retired."""

_done: dict[str, tuple[object, float]] = {}


def renew_keys(service: str) -> Bell:
    """The bell by which a service's worker goes on with the re-encryption after a key was followed by another."""

    @bell(service, "renew-keys", every=timedelta(minutes=1))
    def ring(database: Database) -> None:
        held = keyring().held
        known, since = _done.get(service, (None, 0.0))
        if not renewal.is_pending(service) or (known == held and time.monotonic() - since < LOOKS_AGAIN):
            return
        came = renewal.renew(database, seconds=AT_ONCE)
        if came.finished and not came.values:
            _done[service] = (held, time.monotonic())

    return ring
