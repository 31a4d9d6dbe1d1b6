"""All six programmes from their first day to their last, while workers, relays, Redis and PostgreSQL are killed."""

import json

import pytest

from services.simulate.simulation import USUAL
from tests.copies import Copy
from tests.faults.chaos import Chaos

pytestmark = pytest.mark.xdist_group("year")


def test_a_bad_year_of_six_programmes_loses_nobody(tmp_path):
    copy = Copy(tmp_path / "home")
    try:
        copy.up()
        chaos = Chaos(copy, seed=2023, pauses=(5.0, 15.0))
        chaos.start()
        try:
            report = copy.simulate("--speed", "max", "--journeys", "1")
        finally:
            chaos.end()
        assert set(report["outcomes"]) == set(USUAL)
        assert not any("open" in outcomes for outcomes in report["outcomes"].values())
        assert set(chaos.done) == {"worker", "relay", "redis", "postgresql", "flushall"}
        assert json.loads(copy.kail("audit", "--json").stdout) == {"clean": True, "findings": []}
    finally:
        copy.end()
