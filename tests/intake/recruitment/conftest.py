import pytest

from shared.programmes import library
from shared.storage import Database
from tests.apps import web_app
from tests.intake.recruitment.growing import Growth, growing


@pytest.fixture
def growth(intake_db: Database, monkeypatch: pytest.MonkeyPatch) -> Growth:
    """The growing programme published, over an empty registry."""
    own, known = growing(), library.published
    monkeypatch.setattr(library, "published", lambda: {**known(), own.key: own})
    app = web_app("intake", intake_db)
    app.testing = True
    return Growth(app, intake_db)
