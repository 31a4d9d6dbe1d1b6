"""The embedded servers start anywhere, keep what was committed, and never outlive whoever started them."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys

import psycopg
import pytest
import redis

from services.embedded import CannotStart, Embedded, PostgreSQL, Valkey, apart
from services.embedded.process import is_alive
from shared.kernel.home import NotAHome
from shared.kernel.settings import load
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
        if server.socket_folder != server.folder.resolve():
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


def modes(path):
    """What every folder from the root down to this one lets whom do."""
    return {above: above.stat().st_mode for above in (path, *path.parents)}


def open_to_others(home):
    """What somebody else could read or enter below a home, without following what leads out of it."""
    return [each for each in (home, *home.rglob("*")) if not each.is_symlink() and each.lstat().st_mode & 0o077]


@pytest.mark.parametrize("umask", [0o022, 0o000, 0o077])
def test_a_home_is_closed_to_everybody_else_and_nothing_above_it_is_touched(tmp_path, umask):
    above = tmp_path / "closed" / "somewhere"
    above.mkdir(parents=True)
    above.parent.chmod(0o700)
    before = modes(above)
    old = os.umask(umask)
    try:
        with Embedded(above / "home", durable=False) as embedded:
            assert asks(embedded.postgresql, "SELECT 1") == [(1,)]
            assert stat.S_IMODE((above / "home").stat().st_mode) == 0o700
            assert open_to_others(above / "home") == []
    finally:
        os.umask(old)
    assert modes(above) == before


def test_what_an_earlier_version_left_open_is_closed(home):
    (home / "logs").mkdir(parents=True)
    (home / "logs" / "postgresql.log").write_text("old")
    (home / "running.json").write_text("{}")
    for each in (home, *home.rglob("*")):
        each.chmod(0o755 if each.is_dir() else 0o644)
    with Embedded(home, durable=False, postgresql=False):
        assert open_to_others(home) == []


def test_a_folder_that_holds_something_else_is_not_taken_over(tmp_path):
    (tmp_path / "letters").mkdir()
    tmp_path.chmod(0o755)
    with pytest.raises(NotAHome, match="holds other things"):
        Embedded(tmp_path, postgresql=False).start()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to keep PostgreSQL apart")


@as_root
def test_a_home_in_which_an_earlier_version_kept_its_databases_is_moved_once_and_kept(home):
    said = []
    server = PostgreSQL(home, durable=False, say=said.append)
    server.start()
    asks(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    server.stop()
    inside = home / "as-before"
    shutil.copytree(server.folder.resolve(), inside, symlinks=True)
    shutil.rmtree(server.folder.resolve())
    server.folder.unlink()
    inside.rename(server.folder)
    for each in (server.folder, *server.folder.rglob("*")):
        shutil.chown(each, "kail", "kail")
    said.clear()
    for _ in range(2):
        server.start()
        assert asks(server, "SELECT answer FROM kept") == [(42,)]
        server.stop()
    assert len(said) == 1
    assert "moving its data" in said[0]


@as_root
@pytest.mark.parametrize("step", ["rename", "symlink_to"])
def test_a_move_that_is_interrupted_loses_nothing(home, monkeypatch, step):
    link = home / "postgresql"
    link.mkdir(parents=True)
    (link / "data").write_text("all of it")
    apart.own_user(print)
    original = getattr(apart.Path, step)

    def cut_off(path, *given):
        original(path, *given) if step == "rename" else None
        raise KeyboardInterrupt

    with monkeypatch.context() as patching:
        patching.setattr(apart.Path, step, cut_off)
        with pytest.raises(KeyboardInterrupt):
            apart.folder_for(link, "kail", print)
    folder = apart.folder_for(link, "kail", print)
    assert (folder / "data").read_text() == "all of it"
    assert link.resolve() == folder
    assert not link.with_name("postgresql.moving").exists()


@as_root
def test_where_postgresql_cannot_pass_it_says_so_and_opens_nothing(home, tmp_path, monkeypatch):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setenv("KAIL_CLUSTERS", str(closed / "clusters"))
    load()
    try:
        with pytest.raises(CannotStart, match="cannot pass"):
            PostgreSQL(home).start()
    finally:
        monkeypatch.undo()
        load()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@as_root
def test_programs_that_its_user_cannot_read_are_copied_and_left_as_they_are(tmp_path):
    wheel = tmp_path / "wheel"
    (wheel / "bin").mkdir(parents=True)
    (wheel / "share").mkdir()
    program = wheel / "bin" / "postgres"
    program.write_text("#!/bin/sh\necho PostgreSQL\n")
    program.chmod(0o700)
    before = modes(program)
    said = []
    copy = apart.programs_for(apart.own_user(print), wheel, said.append)
    assert copy != wheel
    assert "copying its programs" in said[-1]
    assert apart.programs_for("kail", wheel, said.append) == copy
    assert apart._runs(copy, "kail")
    assert modes(program) == before
