"""A desk at Dinsos Kaltim, with its fund open; and an office for cooperatives in Mataram that has work."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.identity.rules import Role
from shared.storage import Database
from tests.grants.desk import Desk, officer
from tests.programmes_of import published_in, with_work_given_to


@pytest.fixture
def desk(grants_db: Database) -> Desk:
    """An officer and an approver over empty tables, and the fund of 2023."""
    found = Desk(grants_db, officer(Role.OFFICER), officer(Role.APPROVER))
    found.open_fund()
    return found


@pytest.fixture(scope="session")
def cooperatives_work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of programmes by which Mataram's office for cooperatives does what Kukar's does."""
    folder = tmp_path_factory.mktemp("programmes")
    return with_work_given_to("koperasi", folder, "pemberdayaan-kukar", also_in="52.71")


@pytest.fixture(autouse=True)
def cooperatives_in_mataram(cooperatives_work: Path) -> Iterator[None]:
    """Mataram's office for cooperatives has work."""
    with published_in(cooperatives_work):
        yield
