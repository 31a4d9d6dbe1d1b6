"""What a meeting is about, who must come, and when a fund is nearly used."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.monitoring.meetings import rules
from shared.identity.offices import Office

DP3A = Office("dp3a-kukar", "dp3a", "DP3A", "64.02")
DINSOS = Office("dinsos-kaltim", "dinsos", "Dinsos", "64")
MATARAM = Office("dinsos-mataram", "dinsos", "Dinsos Mataram", "52.71")


def test_a_meeting_concerns_the_offices_around_and_within_its_area() -> None:
    assert rules.concerned([DP3A, DINSOS, MATARAM], "64.02").keys() == {"dp3a-kukar", "dinsos-kaltim"}
    assert rules.concerned([DP3A, DINSOS, MATARAM], "64").keys() == {"dp3a-kukar", "dinsos-kaltim"}
    assert rules.concerned([DP3A, DINSOS, MATARAM], "64.07").keys() == {"dinsos-kaltim"}


def test_one_agency_alone_does_not_meet() -> None:
    with pytest.raises(rules.OneAgencyOnly):
        rules.require_agencies([DP3A], "dp3a")
    rules.require_agencies([DINSOS], "dp3a")


@pytest.mark.parametrize(
    ("area", "programmes", "journey_area", "programme", "about"),
    [
        ("64.02", [], "64.02.05.2001", "any", True),
        ("64.02", [], "64.021", "any", False),
        ("64.02", ["one"], "64.02.05.2001", "one", True),
        ("64.02", ["one"], "64.02.05.2001", "another", False),
    ],
)
def test_a_meeting_takes_in_its_area_and_its_programmes(
    area: str, programmes: list[str], journey_area: str, programme: str, about: bool
) -> None:
    assert rules.takes_in(area, programmes, journey_area=journey_area, programme=programme) is about


@given(ceiling=some.integers(1, 10**12), free=some.integers(0, 10**12))
def test_a_fund_stays_nearly_used_as_more_of_it_is_used(ceiling: int, free: int) -> None:
    free = min(free, ceiling)
    if rules.is_nearly_used(ceiling, free):
        assert rules.is_nearly_used(ceiling, free // 2)
    assert rules.is_nearly_used(ceiling, 0)
    assert not rules.is_nearly_used(ceiling, ceiling)


def test_nothing_is_written_down_before_the_day() -> None:
    with pytest.raises(rules.MeetingAhead):
        rules.require_begun(date(2026, 3, 2), date(2026, 3, 1))
    rules.require_begun(date(2026, 3, 2), date(2026, 3, 2))
