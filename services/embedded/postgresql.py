"""The embedded PostgreSQL: the wheel's binaries, one cluster under the home, one database per service.

It listens on a Unix socket only. PostgreSQL refuses to run as root, so that under root (a container, mostly) it runs
as a system user of its own, and lives where that user may go (`services.embedded.apart`).
"""

import contextlib
import hashlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import sql

from services.embedded import apart
from services.embedded.apart import SYSTEM_USER, Say
from services.embedded.process import CannotStart, ServerProcess, is_alive
from shared.kernel import home
from shared.kernel.settings import STORES

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
    # A statement at fault, and the row that it was about, hold what must stand in no log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def say_aloud(sentence: str) -> None:
    """Say on the terminal what is done to this machine."""
    print(sentence, file=sys.stderr, flush=True)


class PostgreSQL(ServerProcess):
    """One PostgreSQL cluster with a database for each service, and one for the protection compartment."""

    name = "postgresql"
    stop_signal = signal.SIGINT  # PostgreSQL's fast shutdown: open transactions are undone, nothing committed is lost

    def __init__(self, home: Path, *, durable: bool = True, roles_apart: bool = False, say: Say = say_aloud) -> None:
        super().__init__(home)
        self.folder = home / "postgresql"
        self.data = self.folder / "data"
        self.settings = SETTINGS if durable else SETTINGS | HASTY
        self.say = say
        self.roles_apart = roles_apart

    @property
    def socket_folder(self) -> Path:
        """Where its socket is, once it has been started."""
        return _short(self.folder.resolve())

    @property
    def address(self) -> str:
        """SQLAlchemy's URL with `{database}` still to be filled in; a service's own role has its database's name."""
        return self._address("{database}" if self.roles_apart else SYSTEM_USER)

    @property
    def owner_address(self) -> str:
        """The same for the owner of every table."""
        return self._address(SYSTEM_USER)

    def _address(self, role: str) -> str:
        return f"postgresql+psycopg://{role}@/{{database}}?host={self.socket_folder}"

    def start(self) -> None:
        """Start the cluster, made at first use, and create the databases that are missing; raises CannotStart."""
        self._end_leftover()
        user = apart.own_user(self.say) if os.geteuid() == 0 else None
        self._make_folders(user)
        programs = apart.programs_for(user, apart.wheel(), self.say) / "bin" if user else binaries()
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster(programs, user)
        given = [f"-c{name}={value}" for name, value in self.settings.items()]
        socket = f"-cunix_socket_directories={self.socket_folder}"
        self.run(
            [str(programs / "postgres"), "-D", str(self.data.resolve()), socket, *given],
            user=user,
            answers=self._answers,
        )
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

    def _make_folders(self, user: str | None) -> None:
        home.make(self.folder.parent)
        if user:
            apart.folder_for(self.folder, user, self.say)
        else:
            self.folder.mkdir(exist_ok=True, mode=0o700)
        if self.socket_folder != self.folder.resolve():
            self.socket_folder.mkdir(exist_ok=True, mode=0o700)
            _require_own(self.socket_folder)

    def _make_cluster(self, programs: Path, user: str | None) -> None:
        shutil.rmtree(self.data, ignore_errors=True)  # a first start that was interrupted
        command = [
            str(programs / "initdb"),
            "-D",
            str(self.data.resolve()),
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
            for store in STORES:
                if (database := f"kail_{store}") not in there:
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
            roles = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            for role in (f"kail_{store}" for store in STORES if self.roles_apart):
                if role not in roles:
                    connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))


def binaries() -> Path:
    """Where the wheel keeps PostgreSQL's programs."""
    return apart.wheel() / "bin"


def _short(folder: Path) -> Path:
    """The folder itself, or one below /tmp where its path would be too long for a socket."""
    if len(str(folder / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH:
        return folder
    return Path(tempfile.gettempdir()) / f"kail-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"


def _require_own(folder: Path) -> None:
    """Raise CannotStart when somebody else made this folder of a known name in a place where all may write."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise CannotStart(f"{folder} belongs to somebody else: remove it, or choose a shorter path for KAIL_HOME")


def _is_postgres(pid: int) -> bool:
    """Process ids are used again, so that a noted one may by now be something else."""
    try:
        return b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return is_alive(pid) and not Path("/proc/self").exists()
