"""Five-stage journeys with all parts played in turn by one process: what each part costs in processor time.

Nothing waits and nobody polls, so that the figures are nearly the same on a busy machine; what Celery, the broker and
several processes cost beside it, `bench.journeys` shows.
"""

import argparse
import os
import shutil
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[1]
WARM_UP = 40


def main() -> None:
    """Let so many journeys go all the way, and print the milliseconds of processor that each took, by part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--journeys", type=int, default=600)
    parser.add_argument("--page", type=int, default=200, help="how much an officer works off at once at most")
    wanted = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="kail-bench-"))
    shutil.copytree(ROOT / "programmes" / "agencies", home / "programmes" / "agencies")
    shutil.copy(ROOT / "bench" / "programmes" / "five-stages.yaml", home / "programmes")
    os.environ |= {"KAIL_HOME": str(home), "KAIL_LIMITS": "off", "KAIL_PROGRAMMES": str(home / "programmes")}

    from services.embedded import Embedded, remove

    try:
        with Embedded(home):
            _run(wanted.journeys, wanted.page)
    finally:
        remove(home)


def _run(count: int, page: int) -> None:
    from bench.journeys import _register
    from services.intake.journeys import publishing
    from shared.kernel.memory import keep_what_is_loaded
    from shared.programmes import library
    from shared.storage import database

    stage = Stage(page)
    people = _register(WARM_UP + count)
    with database("intake").transaction() as session:
        publishing.publish(session, library.programme("five-stages"))
    stage.play(people[:WARM_UP])
    keep_what_is_loaded()
    stage.spent.clear()
    before = _postgresql()
    stage.play(people[WARM_UP:])
    stage.spent["PostgreSQL"] = _postgresql() - before
    for name, seconds in stage.spent.most_common():
        print(f"{seconds * 1_000 / count:7.2f} ms of processor a journey: {name}")
    print(f"{sum(stage.spent.values()) * 1_000 / count:7.2f} ms of processor a journey in all")


def _postgresql() -> float:
    servers = [each for each in psutil.Process().children(recursive=True) if each.name() == "postgres"]
    return sum(sum(each.cpu_times()[:4]) for each in servers)


class Stage:
    """Relays, workers and officers of the four services, and a queue in place of the broker."""

    def __init__(self, page: int) -> None:
        from celery import Celery

        from bench import officers
        from services.catalogue import participants
        from shared.bus import broker, tasks
        from shared.bus.relay import Relay
        from shared.identity.rules import Role
        from shared.kernel.settings import SERVICES
        from shared.storage import database, migrate

        self.spent: Counter[str] = Counter()
        self.waiting: deque[tuple[str, dict[str, Any]]] = deque()
        broker.publish = lambda queue, task, arguments: self.waiting.append((task, arguments))
        self.apps = {}
        for name, participant in participants().items():
            migrate.prepare(name)
            self.apps[name] = Celery(name, broker="memory://", set_as_current=False)
            tasks.register(self.apps[name], participant, broker.CeleryTransport())
        self.relays = {name: Relay(database(name), broker.CeleryTransport()) for name in SERVICES}
        self.desks = {name: officers.Desk(name, page) for name in SERVICES}
        self.opener = officers.an_officer(Role.OFFICER)

    def play(self, people: list[Any]) -> None:
        """Let these people's journeys go all the way."""
        self._take("opening", lambda: self._open(people))
        moved = 1
        while moved:
            moved = sum(self._take(f"relay {name}", relay.step) for name, relay in self.relays.items())
            while self.waiting:
                task, arguments = self.waiting.popleft()
                service, _, kind = task.partition(".")
                self._take(f"{kind} {service}", partial(self.apps[service].tasks[task].run, **arguments))
                moved += 1
            moved += sum(self._take(f"officer {name}", desk.work_off_page) for name, desk in self.desks.items())

    def _take(self, part: str, work: Callable[[], Any]) -> Any:
        begin = time.process_time()
        done = work()
        self.spent[part] += time.process_time() - begin
        return done

    def _open(self, people: list[Any]) -> None:
        from services.intake.journeys import commands
        from shared.storage import database

        for start in range(0, len(people), 500):
            with database("intake").transaction() as session:
                commands.open_journeys(session, self.opener, "five-stages", people[start : start + 500])


if __name__ == "__main__":
    main()
