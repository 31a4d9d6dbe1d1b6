"""Real processes on real servers, killed, emptied, doubled and restored: nothing is lost and nothing happens twice."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator

import psutil
import pytest
import redis
from psycopg import sql

from services.embedded.postgresql import binaries
from shared.storage import Database
from tests.faults.fleet import Fleet
from tests.servers import empty_broker, own_broker, own_postgresql, speaks_redis
from tests.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.xdist_group("faults")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with Fleet(tmp_path_factory.mktemp("fleet")) as fleet:
        fleet.start()
        yield fleet


@pytest.fixture
def fleet(running: Fleet) -> Iterator[Fleet]:
    yield running
    for kind, service in running.parts:
        running.disarm(kind, service)


def test_a_worker_killed_in_the_middle_of_a_batch(fleet: Fleet):
    fleet.announce(20, 5, name="slow")
    worker = fleet.parts["worker", "grants"]
    for _ in range(3):
        time.sleep(0.8)
        worker.kill()
    fleet.assert_nothing_lost_or_doubled()
    assert worker.deaths >= 1


def test_a_worker_child_killed_while_its_parent_lives(fleet: Fleet):
    fleet.announce(20, 5, name="slow")
    time.sleep(1)
    process = fleet.parts["worker", "grants"].process
    assert process is not None
    for child in psutil.Process(process.pid).children():
        os.kill(child.pid, signal.SIGKILL)
    fleet.assert_nothing_lost_or_doubled()


@pytest.mark.parametrize(
    ("kind", "service", "failpoint"),
    [
        ("relay", "intake", "transaction.before-commit:2"),
        ("relay", "intake", "transaction.after-commit:2"),
        ("relay", "intake", "relay.numbered:2"),
        ("relay", "intake", "relay.before-send"),
        ("relay", "intake", "relay.after-send"),
        ("worker", "grants", "transaction.before-commit"),
        ("worker", "grants", "delivery.before-commit"),
        ("worker", "grants", "delivery.after-commit"),
        ("worker", "intake", "transaction.before-commit"),
        ("worker", "intake", "transaction.after-commit"),
    ],
)
def test_a_part_that_dies_at_a_failpoint(fleet: Fleet, kind: str, service: str, failpoint: str):
    fuse = fleet.arm(kind, service, failpoint)
    end = time.monotonic() + PATIENCE
    while fuse.exists() and time.monotonic() < end:
        fleet.announce(5, 3)
        time.sleep(0.2)
    assert not fuse.exists(), "the part never came to its failpoint"
    fleet.assert_nothing_lost_or_doubled()


def test_a_broker_that_is_emptied_again_and_again(fleet: Fleet):
    for _ in range(5):
        fleet.announce(10, 5)
        empty_broker(fleet.broker)
        time.sleep(0.2)
    fleet.assert_nothing_lost_or_doubled()


@own_broker
def test_a_broker_that_is_stopped_and_started(fleet: Fleet):
    fleet.announce(10, 3)
    fleet.servers.valkey.stop()
    fleet.announce(10, 3)
    time.sleep(1)
    fleet.servers.valkey.start()
    fleet.announce(10, 3)
    fleet.assert_nothing_lost_or_doubled()


@own_postgresql
def test_a_database_server_that_loses_its_power(fleet: Fleet):
    fleet.announce(20, 5, name="slow")
    time.sleep(0.5)
    fleet.servers.postgresql.stop_immediately()
    time.sleep(0.5)
    fleet.servers.postgresql.start()
    for base in (fleet.source, fleet.target):
        base.dispose()
    fleet.announce(10, 3)
    fleet.assert_nothing_lost_or_doubled()


@speaks_redis
def test_deliveries_that_are_doubled_and_shuffled(fleet: Fleet):
    worker = fleet.parts["worker", "grants"].process
    assert worker is not None
    processes = [psutil.Process(worker.pid), *psutil.Process(worker.pid).children()]
    for process in processes:
        process.suspend()
    try:
        fleet.announce(40, 5)
        with redis.Redis.from_url(fleet.broker) as broker:
            wait_until(lambda: broker.llen("grants") >= 2, "the relay sent nothing")
            shuffled = broker.lrange("grants", 0, -1) * 2
            random.Random(7).shuffle(shuffled)
            broker.lpush("grants", *shuffled)
    finally:
        for process in processes:
            process.resume()
    fleet.assert_nothing_lost_or_doubled()


@own_postgresql
def test_a_subscriber_restored_from_an_older_backup(fleet: Fleet):
    fleet.announce(10, 3)
    fleet.assert_nothing_lost_or_doubled()
    backup = _dump(fleet.target)
    fleet.announce(10, 3, name="after the backup")
    fleet.assert_nothing_lost_or_doubled()
    _restore(fleet, backup)
    fleet.assert_nothing_lost_or_doubled()


def _dump(base: Database) -> bytes:
    command = [str(binaries() / "pg_dump"), "--format=custom", f"--dbname={base.dsn}"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def _restore(fleet: Fleet, backup: bytes) -> None:
    name = sql.Identifier("kail_grants")
    fleet.target.dispose()
    with fleet.servers.postgresql._connect() as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {} ALLOW_CONNECTIONS true").format(name))
    command = [str(binaries() / "pg_restore"), "--single-transaction", f"--dbname={fleet.target.dsn}"]
    subprocess.run(command, check=True, input=backup)
