"""Dry runs as long work, and the bell that takes up again what a crash or a lost message left lying."""

import time
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from services.intake.trials import commands, queries
from services.intake.trials.models import ProgrammeTrial
from services.intake.trials.rules import UNDER_WAY
from shared.bus import bell, bounded, job
from shared.kernel.errors import DomainError
from shared.programmes import load
from shared.storage import Database

LEFT_LYING = timedelta(minutes=1)
"""A run that has not moved for so long is taken up again; a chunk takes less than a second."""
TURN = 20.0
"""Seconds after which a run lets other long work go first and asks for its next turn."""


@job("intake", "try-programme", queue="slow", standing=queries.trials_under_way)
def try_programme(database: Database, trial_id: str) -> None:
    """Decide the registry's persons, chunk by chunk; started twice, the two take turns and nobody is counted twice.

    Where it never gets on, it is marked as failed after some tries.
    """
    run_id, until = UUID(trial_id), time.monotonic() + TURN
    with database.transaction() as session:
        if not commands.take_up(session, run_id):
            return
        text = session.get_one(ProgrammeTrial, run_id).text
    try:
        with bounded():
            programme = load.read_again(text)
        while time.monotonic() < until:
            with bounded(), database.transaction() as session:
                if not commands.try_next_chunk(session, run_id, programme):
                    return
    except DomainError as failed:
        with database.transaction() as session:
            commands.give_up(session, run_id, failed.message("en"))
        return
    try_programme.enqueue(trial_id=trial_id)


@bell("intake", "resume-trials", every=timedelta(seconds=30))
def resume_trials(database: Database) -> None:
    """Ask again for every dry run that stands still."""
    with database.reading() as session:
        still = session.scalars(
            select(ProgrammeTrial.id).where(
                ProgrammeTrial.state.in_(UNDER_WAY), ProgrammeTrial.moved_at < func.kail_now() - LEFT_LYING
            )
        ).all()
    for run_id in still:
        try_programme.enqueue(trial_id=str(run_id))
