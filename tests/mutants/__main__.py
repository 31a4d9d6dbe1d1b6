"""Plants the faults of `table.yaml` in a copy of the tree and runs the tests that should find them.

    python -m tests.mutants [number ...]

A survivor is a behaviour that no test holds, or a change that changes nothing. Whole runs are kept in docs/mutants.md.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
HEAD = """# Faults planted by hand

`make mutants` writes this page: each fault of `tests/mutants/table.yaml` was planted in a copy of the tree, and the
tests named for it were run. One that survives is a behaviour that no test holds, or a change that changes nothing.

"""
AT_ONCE = int(os.environ.get("JOBS", "2"))
"""Copies of the tree in which faults are tried side by side."""
FOUND, MISSED = 1, 0
"""How pytest ends where a test fails, and where none does."""


@dataclass(frozen=True)
class Fault:
    """What stands in a file, what is planted in its place, and the tests that have to fail for it."""

    file: str
    there: str
    instead: str
    tests: tuple[str, ...]


def table() -> list[Fault]:
    """The faults in their order; a fault's number is its place."""
    said = YAML(typ="safe").load(Path(__file__).with_name("table.yaml"))
    return [
        Fault(each["file"], fault["there"], fault["instead"], tuple(each["tests"]))
        for each in said
        for fault in each["faults"]
    ]


def plant(copy: Path, fault: Fault) -> str:
    """Plant a fault and run its tests; says what became of it: found, missed, or out of date."""
    file = copy / fault.file
    sound = file.read_text(encoding="utf-8")
    if fault.there not in sound:
        return "out of date"
    file.write_text(sound.replace(fault.there, fault.instead, 1), encoding="utf-8")
    run = [sys.executable, "-m", "pytest", "-q", "-x", "-n0", "-p", "no:randomly", "-m", "not slow", *fault.tests]
    ended = subprocess.run(run, cwd=copy, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    file.write_text(sound, encoding="utf-8")
    return {FOUND: "found", MISSED: "missed"}.get(ended.returncode, f"ended with {ended.returncode}")


def copied(copy: Path) -> Path:
    """A copy of the tree as it stands, for one fault after another."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.splitlines():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy / name)
    return copy


def main(arguments: list[str]) -> int:
    """Say what became of each fault; whole runs are written down. The number of those that were not found."""
    faults = table()
    numbers = [int(each) for each in arguments] or list(range(len(faults)))
    became: dict[int, str] = {}
    with tempfile.TemporaryDirectory(prefix="kail-mutants-") as folder, ThreadPoolExecutor(AT_ONCE) as pool:
        free: SimpleQueue[Path] = SimpleQueue()
        for turn in range(AT_ONCE):
            free.put(copied(Path(folder) / f"tree-{turn}"))

        def try_it(number: int) -> tuple[int, str]:
            copy = free.get()
            try:
                return number, plant(copy, faults[number])
            finally:
                free.put(copy)

        for number, how in pool.map(try_it, numbers):
            became[number] = how
            print(f"{number:3} {how:12} {faults[number].file}: {faults[number].there!r}", flush=True)
    missed = [number for number, how in became.items() if how != "found"]
    score = f"{len(became) - len(missed)} of {len(became)} were found."
    print(score)
    if not arguments:
        lines = [f"| {each} | `{faults[each].file}` | {became[each]} | `{_line(faults[each])}` |\n" for each in missed]
        listed = (
            "\n\n| fault | file | became | what stands there |\n|---|---|---|---|\n" + "".join(lines)
            if missed
            else "\n"
        )
        (ROOT / "docs" / "mutants.md").write_text(f"{HEAD}{score}{listed}", encoding="utf-8")
    return len(missed)


def _line(fault: Fault) -> str:
    return " ".join(fault.there.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
