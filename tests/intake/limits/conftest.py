import pytest

from tests.intake.protection.conftest import compartment
from tests.intake.sharing.roads import Road

__all__ = ["compartment"]


@pytest.fixture
def road(databases) -> Road:
    """A programme of Mataram for women and one for groups, over an empty registry, with all services beside it."""
    return Road(databases["intake"])
