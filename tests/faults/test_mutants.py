"""The checker can fail: it catches each deliberately broken bus."""

import time

from sqlalchemy import text

from shared.bus.audit import Gravity
from tests.faults.fleet import Fleet


def broken(fleet: Fleet) -> list[str]:
    return [finding.what for finding in fleet.findings() if finding.gravity is Gravity.BROKEN]


def wait_for_something_broken(fleet: Fleet) -> list[str]:
    end = time.monotonic() + 30
    while not (found := broken(fleet)) and time.monotonic() < end:
        time.sleep(0.1)
    return found


def test_a_confirmation_before_the_commit_is_caught(tmp_path):
    with Fleet(tmp_path, durable=False) as fleet:
        fleet.start(without=("beat",), mutant="confirm-before-commit")
        fleet.stopping.set()  # nobody starts the worker again: the audit sees what it left behind
        worker = fleet.parts["worker", "grants"]
        worker.kill()
        fuse = fleet.home / "fuse"
        fuse.touch()
        worker.environment |= {
            "KAIL_FAILPOINT": "mutant.confirmed-before-commit",
            "KAIL_FAILPOINT_FUSE": str(fuse),
        }
        worker.start()
        fleet.announce(1, 1)
        assert any("confirmed up to" in what for what in wait_for_something_broken(fleet))


def test_a_missing_cursor_check_is_caught(tmp_path):
    with Fleet(tmp_path, durable=False) as fleet:
        fleet.start(without=("beat",), mutant="no-cursor-check")
        fleet.announce(4, 3)
        deadline = time.monotonic() + 60
        while not broken(fleet) and time.monotonic() < deadline:
            with fleet.source.engine.begin() as connection:  # the sender forgets, and sends everything again
                connection.execute(text("UPDATE subscription SET confirmed = 0, asked = asked + 1"))
            fleet.announce(1, 1)
            time.sleep(0.5)
        assert any("were applied" in what for what in broken(fleet))


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
        fleet.announce(1, 1)
        deadline = time.monotonic() + 30
        while not fleet.is_confirmed() and time.monotonic() < deadline:
            time.sleep(0.01)
        fleet.targets_server.stop_immediately()
        fleet.stopping.set()
        fleet.watch.join()
        for part in fleet.parts.values():
            part.kill()
        fleet.targets_server.start()
        fleet.target.dispose()
        assert any("confirmed up to" in what for what in broken(fleet))
