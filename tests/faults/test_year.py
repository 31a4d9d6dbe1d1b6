"""Programmes from their first day to their last, while workers, relays, Redis and PostgreSQL are killed.

`make test` lives through a short stretch of one of them, `make long` through a longer one of all six.
"""

import pytest

from services.simulate.simulation import USUAL
from tests.faults.year import live_through

pytestmark = [pytest.mark.xdist_group("year")]


def test_a_bad_stretch_of_one_programme_loses_nobody(tmp_path):
    one = {"wrse-kaltim-2023"}
    year = live_through(tmp_path / "home", seed=2023, journeys=1, pauses=(0.5, 2.0), seconds=15, programmes=one)
    assert set(year.report["outcomes"]) == one
    assert year.open_journeys == 0
    assert sum(year.befell.values()) >= 3, year.befell
    assert year.audit == {"clean": True, "findings": []}


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_bad_year_of_six_programmes_loses_nobody(seed, tmp_path):
    year = live_through(tmp_path / "home", seed=seed, journeys=2, pauses=(1.0, 4.0), seconds=100)
    assert set(year.report["outcomes"]) == set(USUAL)
    assert year.open_journeys == 0
    assert len(year.befell) == 8
    assert min(year.befell.values()) >= 2, year.befell
    assert year.audit == {"clean": True, "findings": []}
