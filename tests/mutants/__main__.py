"""Plants the faults of `table.yaml` in a copy of the tree and runs the tests that should find them.

    python -m tests.mutants [number ... | all]

A survivor is a behaviour that no test holds, or a change that changes nothing. What was found of a fault is kept in
`build/mutants.json` as long as neither its file nor its tests change: a run that was cut goes on, and the next one
tries only what is new. With `all` everything is tried afresh; numbers are tried in any case. docs/mutants.md tells
what is known of each.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
HEAD = """# Faults planted by hand

`make mutants` writes this page: each fault of `tests/mutants/table.yaml` is planted in a copy of the tree, and the
tests named for it are run. One that survives is a behaviour that no test holds, or a change that changes nothing.

"""
KNOWN = ROOT / "build" / "mutants.json"
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


def key(fault: Fault) -> str:
    """By what the outcome of a fault is known again: the fault, its file and its tests."""
    told = hashlib.sha256(json.dumps([fault.file, fault.there, fault.instead, fault.tests]).encode())
    places = [ROOT / fault.file, *(ROOT / each.split("::")[0] for each in fault.tests)]
    for place in places:
        for file in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            told.update(file.read_bytes())
    return told.hexdigest()


def known() -> dict[str, str]:
    """What became of faults so far, by key."""
    found: dict[str, str] = json.loads(KNOWN.read_text(encoding="utf-8")) if KNOWN.exists() else {}
    return found


def main(arguments: list[str]) -> int:
    """Try the faults of which nothing is known, and write down what is; the number of those that were not found."""
    faults = table()
    keys = [key(each) for each in faults]
    before = {} if arguments == ["all"] else known()
    became = {each: before[each] for each in keys if each in before}
    numbers = [int(each) for each in arguments if each != "all"] or [
        number for number, each in enumerate(keys) if each not in became
    ]
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
            became[keys[number]] = how
            KNOWN.parent.mkdir(exist_ok=True)
            KNOWN.write_text(json.dumps(became, indent=0), encoding="utf-8")
            print(f"{number:3} {how:12} {faults[number].file}: {faults[number].there!r}", flush=True)
    (ROOT / "docs" / "mutants.md").write_text(told(faults, [became.get(each) for each in keys]), encoding="utf-8")
    return sum(became[keys[number]] != "found" for number in numbers)


def told(faults: Sequence[Fault], became: Sequence[str | None]) -> str:
    """The page that says what became of each."""
    tried = [each for each in became if each is not None]
    score = f"{tried.count('found')} of {len(tried)} were found" + (
        "." if len(tried) == len(faults) else f"; {len(faults) - len(tried)} have not been tried as they stand now."
    )
    rows = [
        f"| {number} | `{fault.file}` | {how or 'not tried'} | `{_line(fault)}` |\n"
        for number, (fault, how) in enumerate(zip(faults, became, strict=True))
        if how != "found"
    ]
    head = "\n\n| fault | file | became | what stands there |\n|---|---|---|---|\n" if rows else "\n"
    return f"{HEAD}{score}{head}{''.join(rows)}"


def _line(fault: Fault) -> str:
    return " ".join(fault.there.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
