"""A desk at Dinsos Kaltim, with its fund open."""

import pytest

from shared.identity.rules import Role
from shared.storage import Database
from tests.grants.desk import Desk, officer


@pytest.fixture
def desk(grants_db: Database) -> Desk:
    """An officer and an approver over empty tables, and the fund of 2023."""
    found = Desk(grants_db, officer(Role.OFFICER), officer(Role.APPROVER))
    found.open_fund()
    return found
