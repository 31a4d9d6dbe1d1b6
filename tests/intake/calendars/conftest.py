import pytest

from shared.storage import Database
from tests.intake.journeys.roads import Road


@pytest.fixture
def road(intake_db: Database) -> Road:
    """Two programmes published over an empty registry."""
    return Road(intake_db)
