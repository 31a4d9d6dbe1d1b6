"""A deployment whose files of offices a test may change."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.identity.rules import Role
from shared.kernel.settings import load, settings
from shared.storage import Database
from tests.grants.desk import Desk, officer
from tests.intake.journeys.roads import Road


@pytest.fixture
def agencies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of offices of a copy of the programmes."""
    shutil.copytree(settings().programmes_path, tmp_path / "programmes")
    monkeypatch.setenv("KAIL_PROGRAMMES", str(tmp_path / "programmes"))
    load()
    yield tmp_path / "programmes" / "agencies"
    monkeypatch.undo()
    load()


@pytest.fixture
def road(intake_db: Database) -> Road:
    """Both programmes of East Kalimantan published over an empty registry."""
    return Road(intake_db)


@pytest.fixture
def desk(grants_db: Database) -> Desk:
    """The desk of Dinas Sosial Kalimantan Timur in grants."""
    return Desk(grants_db, officer(Role.OFFICER), officer(Role.APPROVER))
