"""A stretch of all six programmes while everything that keeps Kail running is killed again and again.

By hand, for as long and with as many as one likes: `python -m tests.faults.year --seed 7 --journeys 5 --minutes 10`.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.copies import Copy
from tests.faults.chaos import Chaos
from tests.waiting import wait_until

ENDS_WITHIN = 3 * 3600.0
"""Seconds; only a failure takes this long."""


@dataclass
class Year:
    """What a bad year brought: the simulation's report, what befell Kail, what the audit says in the end."""

    report: dict[str, Any]
    befell: Counter[str]
    restarts: dict[str, int]
    audit: dict[str, Any]
    seconds: float
    calls: int
    """How often the officers had to be called to work: more than once where they gave up waiting."""

    @property
    def open_journeys(self) -> int:
        """How many journeys have not come to an end."""
        return sum(outcomes.get("open", 0) for outcomes in self.report["outcomes"].values())


def _has_ended(copy: Copy, part: str) -> bool:
    noted = copy.running()["parts"].get(part)
    return noted is not None and noted["pid"] is None


def live_through(
    home: Path,
    *,
    seed: int,
    journeys: int,
    pauses: tuple[float, float],
    seconds: float,
    programmes: Collection[str] = (),
) -> Year:
    """Let so many set out on each programme (or on these alone), do harm for so many seconds, and see all journeys
    to their end."""
    copy, began, calls = Copy(home), time.monotonic(), 0
    try:
        copy.up()
        copy.keep_reading()
        wait_until(lambda: _has_ended(copy, "registry"), "the registries are not in", ENDS_WITHIN)
        chaos = Chaos(copy, seed, pauses, seconds)
        chaos.start()
        try:
            wanted = ("simulate", "--seed", str(seed), "--speed", "max", "--journeys", str(journeys), "--json")
            wanted += tuple(word for each in programmes for word in ("--programme", each))
            while (told := copy.kail(*wanted, check=False)).returncode:
                calls += 1
                print(told.stderr[-2_000:], flush=True)
                assert copy.process.poll() is None, copy.said
                assert "NotSettled" in told.stderr or "TransportError" in told.stderr, told.stderr
        finally:
            chaos.end()
        audit = copy.kail("audit", "--json", "--wait", "120", check=False)
        restarts = {name: part["restarts"] for name, part in copy.running()["parts"].items() if part["restarts"]}
        return Year(
            json.loads(told.stdout),
            chaos.done,
            restarts,
            json.loads(audit.stdout),
            time.monotonic() - began,
            calls + 1,
        )
    finally:
        copy.end()


def main() -> None:
    """Live through one bad year, and say what it brought; exit 1 where something was lost."""
    wanted = argparse.ArgumentParser(prog="python -m tests.faults.year", description=__doc__)
    wanted.add_argument("--seed", type=int, default=1)
    wanted.add_argument("--journeys", type=int, default=5, help="how many set out on each programme")
    wanted.add_argument("--minutes", type=float, default=10, help="how long the harm goes on")
    wanted.add_argument("--pauses", type=float, nargs=2, default=(2.0, 6.0), help="seconds between two harms")
    wanted.add_argument("--home", type=Path, help="where it runs and leaves its logs; else a folder that is removed")
    given = wanted.parse_args()
    with tempfile.TemporaryDirectory(prefix="kail-year-") as folder:
        year = live_through(
            given.home or Path(folder) / "home",
            seed=given.seed,
            journeys=given.journeys,
            pauses=tuple(given.pauses),
            seconds=given.minutes * 60,
        )
    print(f"seed {given.seed}: {year.seconds:.0f} s; the officers were called {year.calls} times")
    for what, count in (year.befell + Counter(year.restarts)).items():
        print(f"{count:5} {what}{' (started again)' if what in year.restarts else ''}")
    print(json.dumps({name: year.report[name] for name in ("outcomes", "done", "refusals")}, indent=1))
    print(f"{year.open_journeys} journeys are open. Audit: {json.dumps(year.audit)}")
    sys.exit(0 if year.audit["clean"] and not year.open_journeys else 1)


if __name__ == "__main__":
    main()
