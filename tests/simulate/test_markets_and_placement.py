"""The simulated officers of markets and placement: over HTTP, to the end, and never refused."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.simulate.case import Case
from services.simulate.work import ACTS
from shared.kernel import clock
from shared.storage import Database
from tests.simulate.answers import well
from tests.training.desk import LIST, Desk

pytestmark = pytest.mark.usefixtures("all_their_work")

SETTINGS: dict[str, dict[str, Any]] = {
    "training.market": {"channels": ["fair", "modern", "digital", "off-taker"], "travel": True},
    "training.placement": {"sectors": ["manufacturing", "services", "formal"]},
}
ENDS = {
    "training.market": {"marketed", "not-marketed"},
    "training.placement": {"placed", "passed", "took-part", "absent"},
}
JOURNEYS = 14


@dataclass
class Colleague:
    """An officer whose every request must be answered well."""

    client: FlaskClient

    def get(self, path: str) -> Any:
        return well(self.client.get(path))

    def post(self, path: str, body: Any = None) -> Any:
        return well(self.client.post(path, json=body or {}))

    def put(self, path: str, body: Any) -> Any:
        return well(self.client.put(path, json=body))


@pytest.mark.parametrize("kind", sorted(SETTINGS))
def test_simulated_officers_bring_every_journey_to_an_end_and_are_never_refused(
    training_db: Database, kind: str
) -> None:
    desk = Desk(training_db, kind, SETTINGS[kind])
    ids = desk.take(*["64.02.05.2001"] * JOURNEYS)
    colleague = Colleague(desk.client)
    open_ones = dict.fromkeys(ids, clock.now())
    for _ in range(200):
        if not open_ones:
            break
        one = min(open_ones, key=lambda each: open_ones[each])
        with clock.frozen(max(open_ones[one], clock.now()) + timedelta(hours=1)):
            row = colleague.get(f"{LIST}/{one}")
            case = Case(row, ids.index(one), f"{LIST}/{one}", lambda *_: colleague, lambda *what: Random(repr(what)))
            wake = ACTS[kind](case)
        if wake is None:
            del open_ones[one]
        else:
            open_ones[one] = wake
    assert not open_ones
    assert len(desk.reported()) == JOURNEYS
    assert {each.outcome for each in desk.reported()} <= ENDS[kind]
