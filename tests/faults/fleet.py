"""A small fleet of real processes on real servers, restarted when they die, as a supervisor would."""

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from services.embedded import Embedded, PostgreSQL
from shared.bus import announce, routes
from shared.bus.audit import Finding, audit_bus
from shared.bus.models import Cursor, HeldEvent, LoggedEvent, LogHead, Subscription, Wish
from shared.events.intake import StageSkipped
from shared.storage import Base, Database
from shared.storage.clock import FIRST_ROW, NOW_FUNCTION, DomainClock
from tests.faults.part import ROUTES
from tests.servers import NAMES, POSTGRESQL, own_part, without_servers
from tests.shared.bus.harness import EFFECTS
from tests.waiting import PATIENCE

TABLES = [model.__table__ for model in (LoggedEvent, LogHead, Subscription, Wish, Cursor, HeldEvent, DomainClock)]
PARTS = (("relay", "intake"), ("worker", "intake"), ("worker", "grants"), ("beat", "all"))


@dataclass
class Part:
    """One process, and what to start it with when it dies."""

    kind: str
    service: str
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.part", self.kind, self.service],
            env={**without_servers(os.environ), **self.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self) -> None:
        """End it and its children as a power cut would."""
        process = self.process  # as soon as it is dead, another may stand in its place
        if process and process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@dataclass
class Fleet:
    """Servers, databases and parts of one fault test."""

    home: Path
    durable: bool = True
    apart: bool = False  # grants' database on a server of its own, as in production
    parts: dict[tuple[str, str], Part] = field(default_factory=dict)
    expected: list[tuple[uuid.UUID, str]] = field(default_factory=list)

    def __enter__(self) -> "Fleet":
        self.leaving = ExitStack()
        given = self.leaving.enter_context(own_part())
        self.servers = Embedded(
            self.home, durable=self.durable, postgresql=not POSTGRESQL, redis="REDIS_URL" not in given
        )
        self.servers.start()
        self.targets_server = PostgreSQL(self.home / "apart") if self.apart else self.servers.postgresql
        if self.apart:
            self.targets_server.start()
        self.source = Database("intake", self._address("intake", self.servers.postgresql, given))
        self.target = Database("grants", self._address("grants", self.targets_server, given))
        self.broker: str = given.get("REDIS_URL") or self.servers.addresses["redis"]
        for base in (self.source, self.target):
            with base.engine.begin() as connection:
                Base.metadata.create_all(connection, tables=TABLES)
                connection.execute(text(NOW_FUNCTION))
                connection.execute(text(FIRST_ROW))
                connection.execute(text(EFFECTS))
        environment = {
            "KAIL_HOME": str(self.home),
            "DATABASE_URL_INTAKE": self.source.url,
            "DATABASE_URL_GRANTS": self.target.url,
            "REDIS_URL": self.broker,
        }
        self.parts = {key: Part(*key, dict(environment)) for key in PARTS}
        self.stopping = threading.Event()
        self.watch = threading.Thread(target=self._restart_the_dead, daemon=True)
        return self

    @staticmethod
    def _address(service: str, server: PostgreSQL | None, given: Mapping[str, str]) -> str:
        url = server.address.format(database=f"kail_{service}") if server else given[NAMES[service]]
        return url.replace("postgresql://", "postgresql+psycopg://", 1)

    def start(self, *, without: tuple[str, ...] = (), mutant: str | None = None) -> None:
        """Start the parts, and watch over them."""
        for part in self.parts.values():
            if mutant:
                part.environment["KAIL_MUTANT"] = mutant
            if part.kind not in without:
                part.start()
        self.watch.start()

    def arm(self, kind: str, service: str, failpoint: str) -> Path:
        """Let a part die once at a failpoint; returns the fuse, which is gone when it has."""
        part, fuse = self.parts[kind, service], self.home / f"fuse-{uuid.uuid4()}"
        fuse.touch()
        part.environment |= {"KAIL_FAILPOINT": failpoint, "KAIL_FAILPOINT_FUSE": str(fuse)}
        part.kill()  # the watch starts it again, armed
        return fuse

    def disarm(self, kind: str, service: str) -> None:
        """Forget the failpoint, from the part's next start on."""
        self.parts[kind, service].environment.pop("KAIL_FAILPOINT", None)

    def _restart_the_dead(self) -> None:
        while not self.stopping.wait(0.1):
            for part in self.parts.values():
                if part.process and part.process.poll() is not None:
                    part.kill()
                    part.deaths += 1
                    part.start()

    def stop_watching(self) -> None:
        """From now on, who dies stays dead."""
        self.stopping.set()
        if self.watch.is_alive():
            self.watch.join()

    def __exit__(self, *_: object) -> None:
        self.stop_watching()
        for part in self.parts.values():
            part.kill()
        for base in (self.source, self.target):
            base.dispose()
        if self.apart:
            self.targets_server.stop()
        self.servers.stop()
        self.leaving.close()

    def announce(self, journeys: int, stages: int, name: str = "stage") -> None:
        """Let `journeys` journeys go on by `stages` stages, each stage in a transaction of its own."""
        who = [uuid.uuid4() for _ in range(journeys)]
        for number in range(stages):
            with self.source.transaction() as session:
                for journey in who:
                    announce(session, StageSkipped(journey_id=journey, stage=f"{name} {number}"))
            self.expected += [(journey, f"{name} {number}") for journey in who]

    def effects(self) -> list[tuple[uuid.UUID, str]]:
        with self.target.engine.connect() as connection:
            rows = connection.execute(text("SELECT journey_id, stage FROM effect ORDER BY seq"))
            return [(row.journey_id, row.stage) for row in rows]

    def wait_until_heard(self, timeout: float = PATIENCE) -> None:
        """Wait until as much has happened as was announced, and everything is confirmed."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if len(self.effects()) >= len(self.expected) and not self.findings():
                return
            time.sleep(0.1)

    def is_confirmed(self) -> bool:
        """Whether the sender has noted that everything was heard."""
        with self.source.engine.connect() as connection:
            waiting = "SELECT 1 FROM event_log_head h JOIN subscription USING (partition) WHERE confirmed < h.position"
            unnumbered = "SELECT 1 FROM event_log WHERE position IS NULL"
            return connection.scalar(text(f"{waiting} UNION {unnumbered}")) is None

    def findings(self) -> list[Finding]:
        before = dict(routes.HEARS)
        routes.HEARS.clear()
        routes.HEARS.update(ROUTES)
        try:
            return audit_bus({"intake": self.source, "grants": self.target})
        finally:
            routes.HEARS.clear()
            routes.HEARS.update(before)

    def assert_nothing_lost_or_doubled(self) -> None:
        self.wait_until_heard()
        told: dict[uuid.UUID, list[str]] = {}
        done: dict[uuid.UUID, list[str]] = {}
        for journey, stage in self.expected:
            told.setdefault(journey, []).append(stage)
        for journey, stage in self.effects():
            done.setdefault(journey, []).append(stage)
        assert self.findings() == []
        assert done == told
