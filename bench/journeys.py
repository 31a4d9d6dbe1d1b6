"""Five-stage journeys a second through the real four services, beside a Celery chain and a psycopg loop."""

import argparse
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
WARM_UP = 20
"""Journeys that go all the way before the clock runs: by then every part is up and has compiled its statements."""
PARTS = [(kind, service) for service in ("intake", "grants", "training", "monitoring") for kind in ("worker", "relay")]


def main() -> None:
    """Run all three and the latency, and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--journeys", type=int, default=3_000)
    parser.add_argument("--peers", type=int, default=1_500, help="journeys through the Celery chain and the loop")
    parser.add_argument("--probes", type=int, default=200, help="events whose latency is measured")
    wanted = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="kail-bench-"))
    shutil.copytree(ROOT / "programmes" / "agencies", home / "programmes" / "agencies")
    shutil.copy(ROOT / "bench" / "programmes" / "five-stages.yaml", home / "programmes")
    os.environ |= {"KAIL_HOME": str(home), "KAIL_LIMITS": "off", "KAIL_PROGRAMMES": str(home / "programmes")}

    from services.embedded import Embedded, remove

    try:
        with Embedded(home) as servers:
            _run(wanted, servers.addresses)
    finally:
        remove(home)


def _run(wanted: argparse.Namespace, addresses: dict[str, str]) -> None:
    from bench import peers
    from services.catalogue import participants
    from shared.kernel.settings import SERVICES
    from shared.storage import database, migrate

    participants()
    for service in SERVICES:
        migrate.prepare(service)
    dsn = database("intake").dsn
    loop = wanted.peers / peers.loop(dsn, wanted.peers)
    print(f"plain psycopg loop, one transaction a step  {loop:8.0f} journeys/s", flush=True)
    with _celery_worker(addresses["redis"], dsn):
        peers.app.conf.broker_url = addresses["redis"]
        chain = wanted.peers / peers.celery_chain(dsn, wanted.peers)
    print(f"raw Celery chain of five tasks              {chain:8.0f} journeys/s", flush=True)
    people = _register(WARM_UP + wanted.journeys + wanted.probes)
    with _parts() as parts:
        with _officers() as officers:
            _warm_up([people.pop() for _ in range(WARM_UP)])
            before = _cpu(parts | officers)
            took = _journeys(people[: wanted.journeys])
            after = _cpu(parts | officers)
            kail = wanted.journeys / took
            print(f"Kail, four services                         {kail:8.0f} journeys/s   in {took:.1f} s", flush=True)
            settled = _settle()
        print(f"  figures and every confirmation settled {settled:.1f} s later; {_events()} events in all")
        for name, seconds in sorted(after.items(), key=lambda each: -(each[1] - before[each[0]])):
            print(f"  {(seconds - before[name]) * 1_000 / wanted.journeys:6.1f} ms of processor a journey: {name}")
        print(f"  {sum(after.values()) - sum(before.values()):6.1f} s of processor in all")
        print(f"ratio Kail / loop   {kail / loop:6.2f}\nratio Kail / Celery {kail / chain:6.2f}")
        delays = _latency(people[wanted.journeys :])
        cut = statistics.quantiles(delays, n=100)
        print(f"latency, commit in intake to effect in monitoring: p50 {cut[49]:.0f} ms, p99 {cut[98]:.0f} ms")


def _cpu(processes: dict[str, int]) -> dict[str, float]:
    """Processor seconds used so far, by part (with its children), and by all of PostgreSQL."""
    used = {}
    for name, pid in processes.items():
        process = psutil.Process(pid)
        times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
        used[name] = sum(each.user + each.system for each in times)
    servers = [each for each in psutil.Process().children(recursive=True) if each.name() == "postgres"]
    used["PostgreSQL"] = sum(sum(each.cpu_times()[:4]) for each in servers)
    return used


def _register(count: int) -> list[Any]:
    from shared.storage import database
    from tests.intake.people import register

    with database("intake").transaction() as session:
        return register(session, count, birth_date=date(1990, 1, 1))


def _warm_up(people: list[Any]) -> None:
    from services.intake.journeys import publishing
    from shared.programmes import library
    from shared.storage import database

    with database("intake").transaction() as session:
        publishing.publish(session, library.programme("five-stages"))
    _journeys(people)
    _settle()


def _journeys(people: list[Any]) -> float:
    """Seconds from the first journey's opening to the last one's end."""
    from bench.officers import an_officer
    from services.intake.journeys import commands
    from shared.identity.rules import Role
    from shared.storage import database

    intake, officer = database("intake"), an_officer(Role.OFFICER)
    begin = time.perf_counter()
    for start in range(0, len(people), 500):
        with intake.transaction() as session:
            commands.open_journeys(session, officer, "five-stages", people[start : start + 500])
    _wait_for("intake", "SELECT count(*) FROM journey WHERE status <> 'ended'", 0)
    return time.perf_counter() - begin


def _latency(people: list[Any]) -> list[float]:
    """Milliseconds from one journey's opening, committed in intake, to the figures' having it.

    The officers have gone home: nothing else moves, and nothing follows from an opening but its first offer.
    """
    from bench.officers import an_officer
    from services.intake.journeys import commands
    from shared.identity.rules import Role
    from shared.storage import database

    intake, officer, delays = database("intake"), an_officer(Role.OFFICER), []
    with database("monitoring").engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watching:
        for person in people:
            with intake.transaction() as session:
                opened = commands.open_journeys(session, officer, "five-stages", [person]).opened
            begin = time.perf_counter()
            (journey,) = opened.values()
            there = text("SELECT 1 FROM journey_figure WHERE id = :journey")
            while watching.scalar(there, {"journey": journey}) is None:
                time.sleep(0.0005)
            delays.append((time.perf_counter() - begin) * 1_000)
            time.sleep(0.25)
    return delays


def _wait_for(service: str, query: str, count: int) -> None:
    from shared.storage import database

    with database(service).engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while connection.scalar(text(query)) != count:
            time.sleep(0.02)


def _settle() -> float:
    from shared.bus.metrics import is_settled
    from shared.kernel.settings import SERVICES
    from shared.storage import database

    begin = time.perf_counter()
    for service in SERVICES:
        while True:
            with database(service).reading() as session:
                if is_settled(session):
                    break
            time.sleep(0.05)
    return time.perf_counter() - begin


def _events() -> int:
    from shared.kernel.settings import SERVICES
    from shared.storage import database

    count = 0
    for service in SERVICES:
        with database(service).engine.connect() as connection:
            count += connection.scalar(text("SELECT count(*) FROM event_log")) or 0
    return count


@contextmanager
def _parts() -> "Iterator[dict[str, int]]":
    """Every worker and relay as `kail up` runs them; their process ids by name."""
    run = "from services.cli import main; main()"
    running = {
        f"{kind} {service}": subprocess.Popen(
            [sys.executable, "-c", run, kind, service], cwd=ROOT, stderr=subprocess.DEVNULL
        )
        for kind, service in PARTS
    }
    try:
        yield {name: part.pid for name, part in running.items()}
    finally:
        for part in running.values():
            part.terminate()
        for part in running.values():
            part.wait()


@contextmanager
def _officers() -> "Iterator[dict[str, int]]":
    from bench.officers import work_off
    from shared.kernel.settings import SERVICES
    from shared.storage import database

    for service in SERVICES:
        database(service).dispose()
    officers = [multiprocessing.Process(target=work_off, args=(service,), daemon=True) for service in SERVICES]
    for officer in officers:
        officer.start()
    try:
        yield {f"officer of {service}": officer.pid or 0 for service, officer in zip(SERVICES, officers, strict=True)}
    finally:
        for officer in officers:
            officer.terminate()
            officer.join()


@contextmanager
def _celery_worker(broker: str, dsn: str) -> "Iterator[None]":
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "bench.peers:app",
        "worker",
        "-c2",
        "-Q",
        "bench.peers",
        "-l",
        "ERROR",
    ]
    worker = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "BENCH_BROKER": broker, "BENCH_DSN": dsn}, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        worker.terminate()
        worker.wait()


if __name__ == "__main__":
    main()
