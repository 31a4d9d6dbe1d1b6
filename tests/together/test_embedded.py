"""The embedded servers start anywhere, keep what was committed, and never outlive whoever started them."""

import json
import signal
import subprocess
import sys

import psycopg
import pytest
import redis

from services.embedded import Embedded, PostgreSQL, Valkey
from services.embedded.process import is_alive
from tests.waiting import wait_until


def asks(server: PostgreSQL, question: str, database: str = "kail_grants"):
    address = server.address.format(database=database).replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        found = connection.execute(question)
        return found.fetchall() if found.description else None


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


def test_both_servers_answer_at_the_addresses_that_are_written_down(home):
    with Embedded(home, durable=False) as embedded:
        written = json.loads((home / "servers.json").read_text())
        assert written == embedded.addresses
        databases = {name for (name,) in asks(embedded.postgresql, "SELECT datname FROM pg_database")}
        assert {"kail_intake", "kail_grants", "kail_training", "kail_monitoring"} <= databases
        with redis.Redis.from_url(written["redis"]) as client:
            assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
    assert (home / "servers.json").stat().st_mode & 0o077 == 0
    assert not any(server.is_running for server in embedded.servers)


def test_only_what_is_asked_for_is_started(home):
    with Embedded(home, postgresql=False) as embedded:
        assert list(embedded.addresses) == ["redis"]
    assert not (home / "postgresql").exists()


def test_what_was_committed_survives_a_power_cut_and_a_restart_finds_it(home):
    server = PostgreSQL(home)
    server.start()
    try:
        asks(server, "CREATE TABLE kept AS SELECT 42 AS answer")
        server.stop_immediately()
        server.start()
        assert asks(server, "SELECT answer FROM kept") == [(42,)]
        server.stop()
        again = PostgreSQL(home)
        again.start()
        server = again
        assert asks(again, "SELECT answer FROM kept") == [(42,)]
    finally:
        server.stop()


def test_commits_are_durable_unless_a_test_says_otherwise(home):
    server = PostgreSQL(home)
    server.start()
    try:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert asks(server, f"SHOW {setting}") == [("on",)]
        assert asks(server, "SHOW listen_addresses") == [("",)]
    finally:
        server.stop()


def test_valkey_comes_back_empty_at_the_same_address(home):
    server = Valkey(home)
    server.start()
    try:
        address = server.address
        with redis.Redis.from_url(address) as client:
            client.set("something", "here")
        server.stop(signal.SIGKILL)
        server.start()
        assert server.address == address
        with redis.Redis.from_url(address) as client:
            assert client.keys() == []
    finally:
        server.stop()


def test_a_home_with_a_very_long_path_works_too(tmp_path):
    server = PostgreSQL(tmp_path / ("long-" * 20), durable=False)
    server.start()
    try:
        assert asks(server, "SELECT 1") == [(1,)]
        assert len(str(server.socket_folder)) < 60
    finally:
        server.stop()
        server.socket_folder.rmdir()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent is gone")
def test_the_servers_end_when_whoever_started_them_is_killed(home):
    program = (
        "import pathlib, sys, time\n"
        "from services.embedded import Embedded\n"
        "embedded = Embedded(pathlib.Path(sys.argv[1]), durable=False)\n"
        "embedded.start()\n"
        "print(*(server.pid for server in embedded.servers), flush=True)\n"
        "time.sleep(60)\n"
    )
    starter = subprocess.Popen([sys.executable, "-c", program, str(home)], stdout=subprocess.PIPE, text=True)
    pids = [int(pid) for pid in starter.stdout.readline().split()]
    assert len(pids) == 2
    starter.kill()
    starter.wait()
    starter.stdout.close()
    wait_until(lambda: not any(is_alive(pid) for pid in pids), "a server outlived its parent")
    with Embedded(home, durable=False) as embedded:
        assert asks(embedded.postgresql, "SELECT 1") == [(1,)]
