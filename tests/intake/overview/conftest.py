import pytest
from flask import Flask

from shared.storage import Database
from tests.apps import web_app
from tests.intake.sharing.roads import Road


@pytest.fixture
def road(intake_db: Database) -> Road:
    """A programme of Mataram for women and one for groups, over an empty registry."""
    return Road(intake_db)


@pytest.fixture
def app(road: Road) -> Flask:
    """Intake's web app."""
    made = web_app("intake", road.database)
    made.testing = True
    return made
