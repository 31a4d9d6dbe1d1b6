"""One part of a small fleet as a process of its own: `python -m tests.faults.part relay|worker|beat SERVICE`.

intake announces, grants hears; both run on the very runtime that Kail runs on.
"""

import os
import sys
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.bus import Heard, Participant, Subscriber, each, routes, runtime
from shared.events.intake import StageSkipped
from shared.kernel import logging
from tests.faults.mutants import MUTANTS

ROUTES = {"grants": ("intake",)}


def note_effect(session: Session, heard: Heard[StageSkipped]) -> None:
    """An effect that shows it when it happens twice; 'slow' leaves time to be killed in the middle."""
    if heard.event.stage.startswith("slow"):
        session.execute(text("SELECT pg_sleep(0.02)"))
    session.execute(
        text("INSERT INTO effect (journey_id, stage) VALUES (:journey, :stage)"),
        {"journey": heard.event.journey_id, "stage": heard.event.stage},
    )


PARTICIPANTS = {
    "intake": Participant("intake", ()),
    "grants": Participant("grants", (Subscriber("grants", hears={StageSkipped: each(note_effect)}),)),
}


def main() -> None:
    """Run one part until it is told to stop."""
    kind, service = sys.argv[1:]
    if mutant := os.environ.get("KAIL_MUTANT"):
        MUTANTS[mutant]()
    runtime.STATE_CURSORS_EVERY = timedelta(seconds=1)
    routes.HEARS.clear()
    routes.HEARS.update(ROUTES)
    logging.configure(f"{kind} {service}")
    if kind == "relay":
        runtime.run_relay(service)
    elif kind == "beat":
        runtime.run_beat(PARTICIPANTS.values())
    else:
        runtime.run_worker(PARTICIPANTS[service])


if __name__ == "__main__":
    main()
