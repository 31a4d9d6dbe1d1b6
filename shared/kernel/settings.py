"""Everything a deployment may set, read once from the environment.

Without `DATABASE_URL_<SERVICE>` and `REDIS_URL` the embedded servers are used; their supervisor writes their
addresses into `<home>/servers.json`.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from environs import Env

SERVICES = ("intake", "grants", "training", "monitoring")
DEMO_PASSWORD = "demo-password"  # noqa: S105
"""The file in a home that holds the one password of all made-up officers; only a demonstration has it."""


class NoServer(RuntimeError):
    """Neither the environment nor a running embedded server tells where this server is."""


@dataclass(frozen=True)
class Settings:
    """The settings of one process; see docs/operations.md for what each of them does."""

    home: Path
    port: int
    zone: str
    language: str
    partitions: int
    proxies: int
    programmes_path: Path
    database_urls: dict[str, str]
    broker_url: str | None

    def _server(self, name: str) -> str:
        known = self.home / "servers.json"
        try:
            return str(json.loads(known.read_text())[name])
        except (FileNotFoundError, KeyError) as missing:
            raise NoServer(
                f"{name} is not known: start the embedded servers with `kail up`, or set DATABASE_URL_<SERVICE> and "
                f"REDIS_URL (looked in {known})"
            ) from missing

    def database_url(self, service: str) -> str:
        """The SQLAlchemy address of a service's own PostgreSQL database; raises NoServer."""
        given = self.database_urls.get(service)
        return given or self._server("postgresql").format(database=f"kail_{service}")

    @property
    def is_demonstration(self) -> bool:
        """Whether the people in this home are made up, as `kail up` made them."""
        return (self.home / DEMO_PASSWORD).exists()

    @property
    def redis_url(self) -> str:
        """The broker's address (Redis, Valkey or, as amqp://, RabbitMQ); raises NoServer."""
        return self.broker_url or self._server("redis")


def load() -> Settings:
    """Read the environment afresh and let `settings()` answer with it from now on."""
    settings.cache_clear()
    return settings()


@cache
def settings() -> Settings:
    """The settings of this process."""
    env = Env()
    urls = {name: env.str(f"DATABASE_URL_{name.upper()}", "") for name in SERVICES}
    return Settings(
        home=env.path("KAIL_HOME", Path(".kail")).absolute(),
        port=env.int("KAIL_PORT", 8000),
        zone=env.str("KAIL_ZONE", "Asia/Makassar"),
        language=env.str("KAIL_LANGUAGE", "id"),
        partitions=env.int("KAIL_PARTITIONS", 4),
        proxies=env.int("KAIL_PROXIES", 0),
        programmes_path=env.path("KAIL_PROGRAMMES", Path(__file__).parents[2] / "programmes"),
        database_urls={
            name: url.replace("postgresql://", "postgresql+psycopg://", 1) for name, url in urls.items() if url
        },
        broker_url=env.str("REDIS_URL", "") or None,
    )
