"""Imports as long work, and the bell that takes up again what a crash or a lost message left lying."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from services.intake.registry import commands, queries
from services.intake.registry.models import ImportRun, ImportState
from shared.bus import bell, bounded, job
from shared.storage import Database

LEFT_LYING = timedelta(minutes=1)
"""A run that has not moved for so long is taken up again; a chunk takes about half a second."""


@job("intake", "run-import", queue="slow", standing=queries.imports_under_way)
def run_import(database: Database, import_id: str) -> None:
    """Bring a file in, chunk by chunk; started twice, the two take turns and nothing doubles.

    Where it never gets on, it is marked as failed after some tries.
    """
    run_id = UUID(import_id)
    with database.transaction() as session:
        if not commands.take_up(session, run_id):
            return
    with bounded(), database.reading() as session:
        file = commands.open_file(session, run_id)
    while file is not None:
        with bounded(), database.transaction() as session:
            if not commands.import_next_chunk(session, run_id, file):
                return


@bell("intake", "resume-imports", every=timedelta(seconds=30))
def resume_imports(database: Database) -> None:
    """Ask again for every import that stands still."""
    with database.reading() as session:
        still = session.scalars(
            select(ImportRun.id).where(
                ImportRun.state.in_((ImportState.WAITING, ImportState.RUNNING)),
                ImportRun.moved_at < func.kail_now() - LEFT_LYING,
            )
        ).all()
    for run_id in still:
        run_import.enqueue(import_id=str(run_id))


JOBS = (run_import,)
BELLS = (resume_imports,)
