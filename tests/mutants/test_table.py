"""The table of planted faults says what stands in the tree today: a fault that is out of date tests nothing."""

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
