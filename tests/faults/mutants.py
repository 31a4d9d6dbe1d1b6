"""Deliberately broken versions of the bus: the audit has to catch each of them, or it proves nothing."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shared.bus import delivery, messages
from shared.bus.chain import Batch, Placed, Standing, link

FUSE = "KAIL_MUTANT_FUSE"
"""Names a file: whoever finds it dies where its mutant is at its weakest, with its parent, so that nobody mends it."""


def confirm_before_commit() -> None:
    """The receiver says that it has everything, and only then commits."""
    take = delivery._take

    def hasty(session: Any, subscriber: Any, source: str, reached: dict[int, delivery.Reached], arrivals: Any) -> None:
        take(session, subscriber, source, reached, arrivals)
        from shared.bus.broker import CeleryTransport

        CeleryTransport().confirm(
            [
                messages.Confirmation(subscriber.name, source, each.partition, each.position, each.hash)
                for each in reached.values()
            ]
        )
        if Path(os.environ[FUSE]).exists():
            os.killpg(0, signal.SIGKILL)

    delivery._take = hasty


def no_cursor_check() -> None:
    """The receiver applies whatever comes, as if it were always new."""

    def everything_is_new(batch: Batch, position: int, known: bytes, passes: Any) -> Placed:
        running = known
        for sent in batch.events:
            running = link(running, sent.digest, sent.sealed_digest)
        return Placed(Standing.NEXT, batch.events, running)

    delivery.place = everything_is_new


MUTANTS: dict[str, Callable[[], None]] = {
    "confirm-before-commit": confirm_before_commit,
    "no-cursor-check": no_cursor_check,
}
