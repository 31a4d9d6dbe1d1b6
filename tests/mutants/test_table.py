"""The table of planted faults says what stands in the tree today: a fault that is out of date tests nothing.

So do the rules that `make mutate` changes in every small way.
"""

import tomllib

import pytest

from tests.mutants.__main__ import ROOT, Fault, table


def stale(fault: Fault) -> list[str]:
    """What of a fault is not there, in words."""
    file = ROOT / fault.file
    wrong = [f"{each} does not exist" for each in fault.tests if not (ROOT / each.split("::")[0]).exists()]
    if not file.exists():
        return [*wrong, "its file does not exist"]
    if fault.there not in file.read_text(encoding="utf-8"):
        wrong.append("what it replaces does not stand there")
    if fault.instead == fault.there:
        wrong.append("it changes nothing")
    return wrong


def test_every_fault_can_be_planted():
    found = {f"{number} in {fault.file}": wrong for number, fault in enumerate(table()) if (wrong := stale(fault))}
    assert not found


@pytest.mark.parametrize(
    "fault",
    [
        Fault("shared/nowhere.py", "a", "b", ()),
        Fault("shared/kernel/calendar.py", "there is no such line", "b", ()),
        Fault("shared/kernel/calendar.py", "def opening", "def opening", ()),
        Fault("shared/kernel/calendar.py", "def opening", "def open", ("tests/nowhere.py::test_it",)),
    ],
)
def test_a_fault_that_is_out_of_date_is_seen(fault):
    assert stale(fault)


def test_the_rules_that_have_tests_of_their_own_are_those_that_are_changed_in_every_way():
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
    held = {each.relative_to(ROOT / "tests") for each in (ROOT / "tests").rglob("test_rules.py")}
    homes = {each.with_name("rules.py") for each in held}
    rules = {f"{'' if each.parts[0] == 'shared' else 'services/'}{each}" for each in homes}
    assert rules == {each for each in told["only_mutate"] if each.endswith("/rules.py")}
    run = set(told["pytest_add_cli_args_test_selection"])
    assert {f"tests/{each}" for each in held} == {each for each in run if each.endswith("/test_rules.py")}
    for each in (*told["only_mutate"], *run):
        assert (ROOT / each).exists(), each
