"""The table of planted faults says what stands in the tree today: a fault that is out of date tests nothing.

So do the rules that `make mutate` changes in every small way.
"""

import tomllib

import pytest

from tests.mutants import __main__ as mutants
from tests.mutants.__main__ import ROOT, Fault, key, table, told


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


def test_what_became_of_a_fault_is_known_until_its_file_or_its_tests_change(tmp_path, monkeypatch):
    (tmp_path / "tests").mkdir()
    file, test = tmp_path / "rules.py", tmp_path / "tests" / "test_rules.py"
    file.write_text("a = 1\n")
    test.write_text("assert a\n")
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    alone, within = Fault("rules.py", "1", "2", ("tests/test_rules.py::test",)), Fault("rules.py", "1", "2", ("tests",))
    before = key(alone), key(within)
    assert (key(alone), key(within)) == before
    assert key(Fault("rules.py", "1", "3", alone.tests)) != before[0]
    for changed in (file, test):
        changed.write_text(f"{changed.read_text()}# else\n")
        assert all(new != old for new, old in zip((key(alone), key(within)), before, strict=True))
        before = key(alone), key(within)


def test_the_page_says_what_was_found_what_survives_and_what_was_not_tried():
    faults = [Fault(f"{name}.py", "x | y", "z", ()) for name in "abc"]
    whole = told(faults, ["found"] * 3)
    assert whole.endswith("3 of 3 were found.\n")
    page = told(faults, ["found", "missed", None])
    assert "1 of 2 were found; 1 have not been tried as they stand now." in page
    assert "| 1 | `b.py` | missed | `x \\| y` |" in page
    assert "| 2 | `c.py` | not tried |" in page
    assert "a.py" not in page
