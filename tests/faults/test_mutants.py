"""The checker can fail: it catches each deliberately broken bus."""

import os
import signal
import time

from sqlalchemy import text

from shared.bus.audit import Gravity
from tests.faults.fleet import Fleet
from tests.faults.mutants import FUSE
from tests.servers import own_postgresql
from tests.waiting import PATIENCE, wait_until


def broken(fleet: Fleet) -> list[str]:
    return [finding.what for finding in fleet.findings() if finding.gravity is Gravity.BROKEN]


def test_a_confirmation_before_the_commit_is_caught(tmp_path):
    with Fleet(tmp_path, durable=False) as fleet:
        fuse = fleet.home / "fuse"
        fuse.touch()
        fleet.parts["worker", "grants"].environment |= {FUSE: str(fuse)}
        fleet.start(without=("beat",), mutant="confirm-before-commit")
        fleet.stop_watching()  # nobody starts the worker again: the audit sees what it left behind
        fleet.announce(1, 1)
        wait_until(lambda: broken(fleet), "the audit found nothing")
        assert any("confirmed up to" in what for what in broken(fleet))


def test_a_missing_cursor_check_is_caught(tmp_path):
    with Fleet(tmp_path, durable=False) as fleet:
        fleet.start(without=("beat",), mutant="no-cursor-check")
        fleet.announce(4, 3)
        deadline = time.monotonic() + PATIENCE
        while not broken(fleet) and time.monotonic() < deadline:
            with fleet.source.engine.begin() as connection:  # the sender forgets, and sends everything again
                connection.execute(text("UPDATE subscription SET confirmed = 0, asked = asked + 1"))
            fleet.announce(1, 1)
            time.sleep(0.5)
        assert any("were applied" in what for what in broken(fleet))


@own_postgresql
def test_a_commit_that_is_not_on_disk_when_it_is_confirmed_is_caught(tmp_path):
    with Fleet(tmp_path, apart=True) as fleet:
        with fleet.target.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ALTER SYSTEM SET wal_writer_delay = '10s'"))
            connection.execute(text("ALTER SYSTEM SET synchronous_commit = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
        fleet.targets_server.settings = {
            name: value for name, value in fleet.targets_server.settings.items() if name != "synchronous_commit"
        }
        fleet.targets_server.stop()  # what is given on the command line would win over ALTER SYSTEM
        fleet.targets_server.start()
        fleet.target.dispose()
        fleet.start(without=("beat",))
        fleet.announce(4, 3)
        fleet.wait_until_heard()
        _hold_the_wal_writer(fleet)  # it would bring the commit to disk within its ten seconds
        fleet.announce(1, 1)
        wait_until(fleet.is_confirmed, "the commit was never confirmed")
        fleet.targets_server.stop_immediately()
        fleet.stop_watching()
        for part in fleet.parts.values():
            part.kill()
        fleet.targets_server.start()
        fleet.target.dispose()
        assert any("confirmed up to" in what for what in broken(fleet))


def _hold_the_wal_writer(fleet: Fleet) -> None:
    with fleet.target.engine.connect() as connection:
        pid = connection.scalar(text("SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'"))
    os.kill(pid, signal.SIGSTOP)
