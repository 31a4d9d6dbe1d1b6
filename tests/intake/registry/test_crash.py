"""A process that is killed while it imports loses at most a chunk, and another goes on from there."""

import os
import signal
import subprocess
import sys

import pytest
from sqlalchemy import func, select

from services.intake.registry import commands, generate, jobs
from services.intake.registry.models import ImportRun, ImportState, Person
from tests.intake.registry.conftest import officer

IMPORT = """
import sys
from services.intake.registry import jobs
from shared.storage import database
jobs.run_import.run(database("intake"), import_id=sys.argv[1])
"""


@pytest.mark.slow
def test_an_import_whose_process_is_killed_is_finished_by_another(intake_db):
    rows = 2 * commands.CHUNK + 500
    content = generate.registry_file("64.02", rows, 5).encode()
    with intake_db.transaction() as session:
        run_id = commands.begin_import(session, officer("64.02"), "dinsos", "x.csv", content).id
    killed = subprocess.run(
        [sys.executable, "-c", IMPORT, str(run_id)],
        env={**os.environ, "KAIL_FAILPOINT": "import.before-commit:2"},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    with intake_db.reading() as session:
        run = session.get_one(ImportRun, run_id)
        assert (run.state, run.rows_done) == (ImportState.RUNNING, commands.CHUNK)
        assert session.scalar(select(func.count(Person.id))) == run.created
    jobs.run_import.run(intake_db, import_id=str(run_id))
    with intake_db.reading() as session:
        run = session.get_one(ImportRun, run_id)
        assert (run.state, run.rows_done) == (ImportState.DONE, rows)
        assert session.scalar(select(func.count(Person.id))) == run.created == rows - run.refused
