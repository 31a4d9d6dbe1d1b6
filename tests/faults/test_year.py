"""All six programmes from their first day to their last, while workers, relays, Redis and PostgreSQL are killed."""

import os

import pytest

from services.simulate.simulation import USUAL
from tests.faults.year import live_through

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("year")]
STRETCH = {"journeys": 2, "seconds": 100} if "KAIL_LONG" in os.environ else {"journeys": 1, "seconds": 30}
EACH_AT_LEAST = 2 if "KAIL_LONG" in os.environ else 1


def test_a_bad_year_of_six_programmes_loses_nobody(tmp_path):
    year = live_through(tmp_path / "home", seed=2023, pauses=(1.0, 4.0), **STRETCH)
    assert set(year.report["outcomes"]) == set(USUAL)
    assert year.open_journeys == 0
    assert len(year.befell) == 8 or EACH_AT_LEAST == 1
    assert min(year.befell.values()) >= EACH_AT_LEAST, year.befell
    assert year.audit == {"clean": True, "findings": []}
