import pytest

from shared.storage import Database
from tests.intake.sharing.roads import Road


@pytest.fixture
def road(intake_db: Database) -> Road:
    """A programme of Mataram for women and one for groups, over an empty registry."""
    return Road(intake_db)
