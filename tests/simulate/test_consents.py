"""Simulated leading offices ask whoever has to be asked, and nobody's request is refused."""

from collections import Counter
from typing import Any

import pytest
from flask import Flask

from services.simulate import consents
from services.simulate.chance import Chance
from shared.storage import Database
from tests.apps import web_app
from tests.browsing import bearer
from tests.intake.sharing.roads import OFFICER, Road


class Officer:
    """She asks the app itself; a refusal fails the test."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def get(self, path: str, **query: Any) -> Any:
        return self._send("GET", path, query_string=query)

    def post(self, path: str, body: Any) -> Any:
        return self._send("POST", path, json=body)

    def _send(self, method: str, path: str, **told: Any) -> Any:
        answer = self.app.test_client().open(path, method=method, headers=bearer(OFFICER), **told)
        assert answer.status_code < 300, answer.text
        return answer.get_json()


@pytest.fixture
def road(intake_db: Database) -> Road:
    return Road(intake_db)


def luck(journey: str, *what: object) -> Any:
    return Chance(1).of(journey, *what)


def test_everybody_is_asked_once_and_the_journey_is_no_longer_stuck(road: Road) -> None:
    officer, done = Officer(web_app("intake", road.database)), Counter[str]()
    _, journey = road.woman_on_her_way()
    stuck = [{"id": str(journey)}]
    for _ in range(2):
        consents.ask_for_consent(officer, "dinsos", stuck, luck, done)
    assert done["consents"] + done["consents refused"] == 2
    assert not road.journey(journey).is_stuck


def test_some_refuse_and_some_take_it_back(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    officer, done = Officer(web_app("intake", road.database)), Counter[str]()
    monkeypatch.setattr(consents, "TAKES_BACK", 1)
    monkeypatch.setattr(consents, "WITHIN_WORKING_DAYS", (0, 0))
    journeys = []
    for refuses in (1, 0):
        monkeypatch.setattr(consents, "REFUSES", refuses)
        _, journey = road.woman_on_her_way()
        journeys.append({"id": str(journey), "opened_at": "2023-03-01T08:00:00+08:00"})
        consents.ask_for_consent(officer, "dinsos", journeys[-1:], luck, done)
    for _ in range(2):
        assert list(consents.take_consent_back(officer, "dinsos", journeys, luck, done)) == []
    assert done == {"consents refused": 2, "consents": 2, "consents taken back": 1}
