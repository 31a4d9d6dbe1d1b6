"""A service's own database: one engine, and the transactions its doors open."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.orm import Session

from shared.kernel import clock
from shared.kernel.failpoints import failpoint
from shared.kernel.settings import APART, settings
from shared.storage.base import owner_of

CLOCK_STALE_AFTER = 0.2
"""Seconds for which a process trusts the domain clock's offset it read last."""


class Divided(Session):
    """A session that finds what is kept apart in the database that it stands in, and all else in the service's own.

    What is written to both is committed one after the other: whoever needs both or none must not count on it.
    """

    def get_bind(self, mapper: Any = None, **more: Any) -> Engine | Connection:
        """The database of what is asked for."""
        if mapper is not None and (store := owner_of(inspect(mapper).class_.__module__)) in APART.values():
            return database(str(store)).engine
        return super().get_bind(mapper, **more)


class Database:
    """One service's PostgreSQL database."""

    def __init__(self, service: str, url: str) -> None:
        self.service = service
        self.url = url
        self._clock_read_at = float("-inf")
        self._lock = threading.Lock()

    @cached_property
    def engine(self) -> Engine:
        """Made at first use, so that a process that was forked has connections of its own."""
        return create_engine(
            self.url, pool_size=5, max_overflow=15, pool_pre_ping=True, hide_parameters=True,
            json_serializer=lambda content: orjson.dumps(content).decode(), json_deserializer=orjson.loads,
        )  # fmt: skip

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose work is committed at the end, or undone as a whole when anything fails."""
        with Divided(self.engine, expire_on_commit=False, info={"service": self.service}) as session, session.begin():
            self._follow_clock(session)
            yield session
            failpoint("transaction.before-commit")
        failpoint("transaction.after-commit")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that may look but not change anything: the database itself refuses a write."""
        with Divided(self.engine, expire_on_commit=False, info={"service": self.service}) as session:
            session.connection(execution_options={"postgresql_readonly": True})
            self._follow_clock(session)
            yield session

    def _follow_clock(self, session: Session) -> None:
        if self.service in APART.values() or time.monotonic() - self._clock_read_at < CLOCK_STALE_AFTER:
            return
        ahead = session.scalar(text("SELECT ahead FROM domain_clock"))
        with self._lock:
            clock.set_offset(ahead or timedelta())
            self._clock_read_at = time.monotonic()

    @property
    def dsn(self) -> str:
        """The address as libpq and psycopg read it."""
        return self.url.replace("postgresql+psycopg://", "postgresql://", 1)

    def forget_connections(self) -> None:
        """Drop what was inherited by a fork, without closing the parent's connections."""
        if "engine" in self.__dict__:
            self.engine.dispose(close=False)

    def dispose(self) -> None:
        """Close every connection; the next use opens new ones."""
        if "engine" in self.__dict__:
            self.engine.dispose()
            del self.__dict__["engine"]


_databases: dict[str, Database] = {}


def database(service: str) -> Database:
    """The database of a service as the settings tell it; the same object for the whole process."""
    url = settings().database_url(service)
    known = _databases.get(service)
    if known is None or known.url != url:
        known = _databases[service] = Database(service, url)
    return known
