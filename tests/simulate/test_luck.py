"""A simulation's luck repeats, and what its officers write stands within the programmes' limits."""

from collections import Counter
from datetime import date, datetime, timedelta

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.simulate.chance import Chance
from services.simulate.command import speed_of
from services.simulate.days import Days
from services.simulate.desk import MANNERS, NEVER, PATIENCE, Desk, Manner
from services.simulate.work import ACTS
from services.simulate.work.grants import budget
from shared.kernel import calendar, clock
from shared.programmes import library


@given(st.integers(), st.text(), st.integers(0, 100))
def test_the_same_matter_has_the_same_luck_whoever_asks_first(seed, what, number):
    first, second = Chance(seed), Chance(seed)
    second.of("something", "else").random()
    assert first.of(what, number).random() == second.of(what, number).random()


def test_another_seed_has_other_luck():
    assert Chance(1).of("manner").random() != Chance(2).of("manner").random()


@given(st.integers(0, 10_000), st.integers(2_000_000, 60_000_000))
def test_a_budget_uses_most_of_the_ceiling_and_never_passes_it(seed, ceiling):
    total = sum(line["quantity"] * line["unit_price"] for line in budget(Chance(seed).of("kit"), ceiling))
    assert ceiling * 0.6 <= total <= ceiling


def test_officers_know_the_work_of_every_stage_of_every_programme():
    for programme in library.published().values():
        assert {stage.does for stage in programme.stages.values()} <= ACTS.keys()


def desk(seed=1):
    return Desk("dinsos-kaltim", "dinsos", [], Chance(seed), int, Counter(), Counter())


def offer(number, attempt=1):
    return {"journey_id": str(number), "stage": "decision", "attempt": attempt}


def test_most_offers_are_treated_well_and_every_other_manner_happens():
    met = Counter(desk()._manner(offer(number)) for number in range(3_000))
    assert met.keys() == MANNERS.keys()
    assert met[Manner.PROMPT] > 2_500


def test_a_stage_that_is_offered_again_is_treated_well_so_that_nothing_circles():
    assert {desk()._manner(offer(number, attempt=2)) for number in range(500)} == {Manner.PROMPT}


def test_what_is_refused_again_and_again_is_given_back(monkeypatch):
    given_back = []
    monkeypatch.setattr(Desk, "colleague", lambda self, role: None)
    monkeypatch.setattr(Desk, "_say_no", lambda self, officer, path, row: given_back.append(path))
    one, row = desk(), offer(1) | {"id": "a", "state": "accepted"}
    waits = [one._try_again("/a", row) for _ in range(PATIENCE)]
    assert waits[-1] == NEVER
    assert NEVER not in waits[:-1]
    assert given_back == ["/a/return"]


@pytest.mark.parametrize(("text", "speed"), [("2", 2.0), ("0.5", 0.5), ("max", None)])
def test_a_speed_is_days_for_each_second_or_as_fast_as_it_goes(text, speed):
    assert speed_of(text) == speed


@pytest.mark.parametrize("text", ["0", "-1", "fast"])
def test_another_speed_is_refused(text):
    with pytest.raises(click.BadParameter):
        speed_of(text)


@pytest.mark.parametrize(
    ("now", "wanted", "reached"),
    [
        ("2023-01-06T15:00+08:00", "2023-01-06T23:59+08:00", date(2023, 1, 9)),  # Friday evening: Monday morning
        ("2023-01-09T07:00+08:00", "2023-01-09T08:00+08:00", date(2023, 1, 9)),  # the same morning
        ("2023-04-20T09:00+08:00", "2023-04-22T08:00+08:00", date(2023, 4, 26)),  # Idul Fitri and its collective leave
    ],
)
def test_the_clock_goes_on_at_the_first_working_morning(now, wanted, reached, databases):
    days = Days(databases, days_per_second=None)
    with clock.frozen(datetime.fromisoformat(now)):
        gone = days.go_on_at(datetime.fromisoformat(wanted), worked_since=0.0)
        assert calendar.is_working_day(clock.today() + timedelta(days=gone))
        assert clock.today() + timedelta(days=gone) == reached
