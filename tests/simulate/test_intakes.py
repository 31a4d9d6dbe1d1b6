"""A demonstration ends with people on their way, so that whoever tries an agency's work finds some."""

from datetime import timedelta

from services.simulate.begin import BEGINNINGS
from services.simulate.intakes import DAYS, Intakes
from shared.kernel import clock


def test_each_later_intake_begins_once_and_none_is_worked_past_its_last_day(tmp_path):
    intakes = Intakes(tmp_path / "intakes.json")
    assert not intakes.any_begun
    first = next(intakes.ahead())
    assert (first.number, first.is_new) == (1, True)
    intakes.begun(first)
    again = next(Intakes(tmp_path / "intakes.json").ahead())
    assert (again.number, again.until, again.is_new) == (1, first.until, False)
    with clock.frozen(clock.now() + timedelta(days=DAYS[0])):
        assert next(intakes.ahead()).number == 2


def test_when_all_have_had_their_days_nobody_works_any_further(tmp_path):
    intakes = Intakes(tmp_path / "intakes.json")
    for each in intakes.ahead():
        intakes.begun(each)
    with clock.frozen(clock.now() + timedelta(days=max(DAYS) + 1)):
        assert list(intakes.ahead()) == []


def test_later_groups_are_numbered_on(tmp_path):
    numbers = {each.programme: [] for each in BEGINNINGS}
    for intake in Intakes(tmp_path / "intakes.json").ahead():
        for each in intake.beginnings:
            numbers[each.programme] += range(each.first, each.first + each.later)
    assert numbers["kube-kaltim-2023"] == [41, 42, 43, 44, 45]
    for each in BEGINNINGS:
        assert numbers[each.programme] == list(range(each.usual + 1, each.usual + 1 + len(DAYS) * each.later))
