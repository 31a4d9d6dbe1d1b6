"""Everything a deployment may set, read once from the environment.

Without `DATABASE_URL_<SERVICE>` and `REDIS_URL` the embedded servers are used; their supervisor writes their
addresses into `<home>/servers.json`. A secret may stand in the variable itself, or in a file that `<variable>_FILE`
names, and holds any characters: whoever writes it into an address, writes it so that the address still says the same.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from environs import Env

SERVICES = ("intake", "grants", "training", "monitoring")
STORES = ("protection", *SERVICES)
"""Every database that a deployment has, in the order in which they are brought to the newest schema: each service's
own, and before them that of the protection compartment, which is no service (docs/decisions/0005)."""
APART = {"services.intake.protection": "protection"}
"""Packages of a service whose tables stand in a database and under a role of their own."""
DEMO_PASSWORD = "demo-password"  # noqa: S105
"""The file in a home that holds the one password of all made-up officers; only a demonstration has it."""


PRACTICE = "practice"
"""The file in a home that says it is a practice copy: there are only made-up people in it, for good."""

TWO_STEP_ROLES = ["approver", "head", "counsellor", "coordinator", "administrator"]
"""Whose sign-in needs a code from their telephone as well, where a deployment says nothing else."""


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
    https: bool
    hosts: tuple[str, ...]
    limits: str
    two_step_roles: frozenset[str]
    metrics_token: str | None = field(repr=False)
    programmes_path: Path
    clusters_path: Path
    practice_url: str
    database_urls: dict[str, str] = field(repr=False)
    owner_urls: dict[str, str] = field(repr=False)
    broker_url: str | None = field(repr=False)

    def _server(self, name: str) -> str:
        known = self.home / "servers.json"
        try:
            return str(json.loads(known.read_text())[name])
        except (FileNotFoundError, KeyError) as missing:
            raise NoServer(
                f"{name} is not known: start the embedded servers with `kail up`, or set DATABASE_URL_<SERVICE> and "
                f"REDIS_URL (looked in {known})"
            ) from missing

    def database_url(self, store: str) -> str:
        """The SQLAlchemy address of a service's own PostgreSQL database, or of one apart; raises NoServer."""
        given = self.database_urls.get(store)
        return given or self._server("postgresql").format(database=f"kail_{store}")

    def owner_url(self, service: str) -> str:
        """The same database for its owner, who makes and changes tables; the serving role's where none is apart."""
        given = self.owner_urls.get(service)
        if given or self.database_urls.get(service):
            return given or self.database_url(service)
        try:
            return self._server("postgresql_owner").format(database=f"kail_{service}")
        except NoServer:
            return self.database_url(service)

    @property
    def is_demonstration(self) -> bool:
        """Whether the people in this home are made up, as `kail up` made them."""
        return (self.home / DEMO_PASSWORD).exists()

    @property
    def is_practice(self) -> bool:
        """Whether this is a copy in which officers practise, beside a real one."""
        return (self.home / PRACTICE).exists()

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
    hosts: list[str] = env.list("KAIL_HOSTS", [])
    urls = {name: _address(env, f"DATABASE_URL_{name.upper()}", f"DATABASE_PASSWORD_{name.upper()}") for name in STORES}
    owners = {
        name: _address(env, f"DATABASE_OWNER_URL_{name.upper()}", f"DATABASE_OWNER_PASSWORD_{name.upper()}")
        for name in STORES
    }
    return Settings(
        home=env.path("KAIL_HOME", Path(".kail")).absolute(),
        port=env.int("KAIL_PORT", 8000),
        zone=env.str("KAIL_ZONE", "Asia/Makassar"),
        language=env.str("KAIL_LANGUAGE", "id"),
        partitions=env.int("KAIL_PARTITIONS", 4),
        proxies=env.int("KAIL_PROXIES", 0),
        https=env.bool("KAIL_HTTPS", False),
        hosts=tuple(name.strip().lower() for name in hosts if name.strip()),
        limits=env.str("KAIL_LIMITS", ""),
        two_step_roles=frozenset(filter(None, env.list("KAIL_TWO_STEP_ROLES", TWO_STEP_ROLES))),
        metrics_token=secret(env, "KAIL_METRICS_TOKEN"),
        programmes_path=env.path("KAIL_PROGRAMMES", Path(__file__).parents[2] / "programmes"),
        clusters_path=env.path("KAIL_CLUSTERS", Path("/var/lib/kail")).absolute(),
        practice_url=env.str("KAIL_PRACTICE_URL", ""),
        database_urls=_with_driver(urls),
        owner_urls=_with_driver(owners),
        broker_url=_address(env, "REDIS_URL", "REDIS_PASSWORD") or None,
    )


def _with_driver(urls: dict[str, str]) -> dict[str, str]:
    return {name: url.replace("postgresql://", "postgresql+psycopg://", 1) for name, url in urls.items() if url}


def secret(env: Env, name: str) -> str | None:
    """What a secret variable says, or the file that `<name>_FILE` names, without the line's end; None where neither."""
    given = env.str(name, "")
    if not given and (named := env.str(f"{name}_FILE", "")):
        given = Path(named).read_text(encoding="utf-8").rstrip("\r\n")
    return given or None


def _address(env: Env, name: str, password: str) -> str:
    """A server's address, with the password that stands apart from it put in its place."""
    url, given = env.str(name, ""), secret(env, password)
    if not url or given is None:
        return url
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    user = user.partition(":")[0]
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(given, safe='')}@{host}"))
