"""Ends a worker that no longer hears its queue, so that whatever runs it starts a new one.

Seen with Celery 5.7: when Redis is stopped and started under load, a worker may come back connected, wait for ever in
its event loop, and leave its queue to fill. It neither dies nor says anything.
"""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from celery import Celery
from celery.worker import state

from shared.kernel.logging import get_logger

log = get_logger(__name__)

LOOK_EVERY = 2.0
DEAF_AFTER = 10.0
"""Seconds in which a worker that is not at work took nothing from a queue that holds something."""


@dataclass
class Ear:
    """What is known of a worker's hearing; `is_lost` is asked again and again."""

    taken: int = -1
    well_at: float = 0.0

    def is_lost(self, *, taken: int, at_work: bool, waiting: int | None, now: float) -> bool:
        """Whether messages have waited too long; `waiting` is None while the broker does not answer."""
        if taken != self.taken or at_work or not waiting:
            self.taken, self.well_at = taken, now
        return now - self.well_at > DEAF_AFTER


def end_when_deaf(app: Celery, queue: str) -> None:
    """Watch over this worker from a thread of its own."""
    watch = threading.Thread(target=_watch, args=(lambda: _waiting_in(app, queue), queue), daemon=True)
    watch.start()


def _watch(waiting: Callable[[], int | None], queue: str) -> None:
    ear = Ear()
    while True:
        time.sleep(LOOK_EVERY)
        taken, at_work = state.all_total_count[0], bool(state.active_requests)
        if ear.is_lost(taken=taken, at_work=at_work, waiting=waiting(), now=time.monotonic()):
            log.warning("worker-deaf", queue=queue)
            os._exit(os.EX_TEMPFAIL)


def _waiting_in(app: Celery, queue: str) -> int | None:
    """How many messages wait in a queue; None when the broker does not answer."""
    try:
        with app.connection_for_read(transport_options={"socket_timeout": 5}) as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=2)
            return int(connection.default_channel.queue_declare(queue, passive=True).message_count)
    except Exception:  # noqa: BLE001 (whatever it was, there is nothing to hear at the moment)
        return None
