"""The compartment's own worker: it writes down what was passed on, and finishes what somebody was killed over."""

import random

from sqlalchemy.exc import DBAPIError

from services.intake.protection import commands, heads
from shared.kernel.logging import get_logger
from shared.kernel.stopping import Stopping
from shared.privacy import renewal
from shared.storage import Database, database

log = get_logger(__name__)

AT_ONCE = 20.0
"""Seconds for which it re-encrypts before it looks again."""
LOOK_WITHIN = 60.0
"""Seconds. The pause is of random length, so that what is written here does not follow what was written elsewhere."""


def look(base: Database) -> int:
    """Do all that waits; says how much it was."""
    done = 0
    while taken := commands.take_over(base):
        done += taken
    return done + commands.resume_onward(base)


def renew_keys(*bases: Database) -> None:
    """Go on with the re-encryption of what stands under the compartment's keys, after one was followed by another."""
    for each in (database("protection"), *bases):
        if renewal.is_pending(each.service):
            renewal.renew(each, seconds=AT_ONCE)


def turn(base: Database) -> None:
    """All that it does before it pauses."""
    look(base)
    renew_keys(base)
    heads.anchor(base)


def run() -> None:
    """Look again and again until told to stop."""
    stopping = Stopping()
    base = database("intake")
    while not stopping.is_set():
        try:
            turn(base)
        except DBAPIError as error:
            log.warning("lost-database", error=type(error).__name__)
            base.dispose()
        stopping.wait(random.uniform(0, LOOK_WITHIN))  # noqa: S311
