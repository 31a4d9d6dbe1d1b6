"""Real servers for every test: the embedded PostgreSQL and Valkey, or those that the environment names."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from sqlalchemy import text

from services import catalogue
from services.embedded import Embedded
from services.intake.accounts import passwords
from shared.kernel import clock
from shared.kernel.settings import APART, STORES, load
from shared.storage import Database, database, migrate
from shared.storage.base import tables_of
from shared.storage.clock import FIRST_ROW
from tests import servers

SLOW = ("faults", "journeys", "browser", "simulate", "together")
"""Folders whose every test runs real processes or whole stretches of work; `make check` leaves them to `make test`."""


settings.register_profile("kail", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kail")  # a busy machine is slow, not wrong

TEMPORARY = "PYTEST_DEBUG_TEMPROOT"
CLUSTERS = "KAIL_CLUSTERS"


def pytest_configure(config: pytest.Config) -> None:
    """Give each run a folder of its own below /tmp: pytest closes the one that all runs share to other users at every
    start, and with it the databases of a run that is under way."""
    if TEMPORARY not in os.environ:
        os.environ[TEMPORARY] = folder = tempfile.mkdtemp(prefix="kail-tests-")
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
        os.environ[CLUSTERS] = clusters = tempfile.mkdtemp(prefix="kail-clusters-")
        Path(clusters).chmod(0o711)  # PostgreSQL's own user has to pass where tests run as root
        config.add_cleanup(lambda: shutil.rmtree(clusters, ignore_errors=True))
        config.add_cleanup(_forget_folders)


def _forget_folders() -> None:
    """Whoever runs the tests several times in one process gets new folders."""
    for name in (TEMPORARY, CLUSTERS):
        os.environ.pop(name, None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Note what `make long` found, so that its last report is kept with the code."""
    if "KAIL_LONG" not in os.environ:
        return
    found = [
        (report.nodeid.rpartition("::")[2], report.outcome, report.duration, dict(report.user_properties))
        for outcome in ("passed", "failed", "skipped")
        for report in terminalreporter.stats.get(outcome, ())
        if report.when == "call"
    ]
    if not found:
        return
    rows = "".join(
        f"| {name.replace('_', ' ')} | {outcome} | {seconds:.0f} | {'; '.join(told.values())} |\n"
        for name, outcome, seconds, told in found
    )
    head = "# The last long run\n\n`make long` writes this page; the seconds are those of one machine on one day.\n\n"
    (Path(__file__).parents[1] / "docs" / "long.md").write_text(
        f"{head}| test | outcome | s | counted |\n|---|---|---|---|\n{rows}"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lives in a slow folder as slow."""
    for item in items:
        if item.path.relative_to(Path(__file__).parent).parts[0] in SLOW:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session", autouse=True)
def hasher() -> Iterator[PasswordHasher]:
    """Hash passwords with little care: hashing is slow on purpose, and the tests sign hundreds of people in.

    What Kail itself hashes with is given to the test that holds it.
    """
    careful = passwords.HASHER
    passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield careful
    passwords.HASHER = careful


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with running servers; the same for the whole run of one test process."""
    own = Embedded(
        tmp_path_factory.mktemp("home"), durable=False, postgresql=not servers.POSTGRESQL, redis=not servers.BROKER
    )
    with servers.own_part() as given, own:
        os.environ.update(given, KAIL_HOME=str(own.home))
        load()
        yield own.home
        for store in STORES:
            database(store).dispose()


_prepared: set[str] = set()


def _prepare(service: str) -> Database:
    base = database(service)
    if service in _prepared:
        return base
    catalogue.participants()  # whatever is imported later must not bring a table that nobody empties
    with base.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    migrate.prepare(service, base)
    _prepared.add(service)
    return base


# Truncating every table takes a hundred times as long as deleting the few rows that a test leaves in some of them.
# Replication's role keeps foreign keys and the triggers of append-only tables out of the way.
EMPTY = """
DO $$
DECLARE each text; filled boolean;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOREACH each IN ARRAY string_to_array('{tables}', ' ') LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', each) INTO filled;
        IF filled THEN EXECUTE format('DELETE FROM %I', each); END IF;
    END LOOP;
END $$
"""


def _emptied(service: str) -> Database:
    base = _prepare(service)
    if service == "intake":
        for store in APART.values():
            _empty_apart(_prepare(store))
    with base.engine.begin() as connection:
        connection.execute(text(EMPTY.format(tables=" ".join(table.name for table in tables_of(service)))))
        connection.execute(text(FIRST_ROW))
    clock.set_offset(timedelta())
    return base


def _empty_apart(base: Database) -> None:
    """Empty a database whose role may not put foreign keys out of the way."""
    with base.engine.begin() as connection:
        for table in reversed(list(tables_of(base.service))):
            connection.execute(table.delete())


@pytest.fixture
def intake_db(home: Path) -> Database:
    """Intake's database, empty."""
    return _emptied("intake")


@pytest.fixture
def grants_db(home: Path) -> Database:
    """Grants' database, empty."""
    return _emptied("grants")


@pytest.fixture
def training_db(home: Path) -> Database:
    """Training's database, empty."""
    return _emptied("training")


@pytest.fixture
def monitoring_db(home: Path) -> Database:
    """Monitoring's database, empty."""
    return _emptied("monitoring")


@pytest.fixture
def databases(
    intake_db: Database, grants_db: Database, training_db: Database, monitoring_db: Database
) -> dict[str, Database]:
    """All four, empty."""
    return {"intake": intake_db, "grants": grants_db, "training": training_db, "monitoring": monitoring_db}
