"""The servers that the environment names, or none: then every test starts embedded ones.

`DATABASE_URL_<SERVICE>` and `REDIS_URL` say which servers to use, and nothing that is already on them is touched: each
user of this module gets databases of its own beside those named, and a number of its own on Redis, from the one named
upwards, and leaves nothing behind. RabbitMQ has no numbers; name a virtual host that may be emptied, and run one test
process at a time.
"""

import itertools
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

import kombu
import pytest
import redis
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

from shared.kernel.settings import SERVICES, STORES

NAMES = {service: f"DATABASE_URL_{service.upper()}" for service in STORES}
GIVEN = {name: url for name in (*NAMES.values(), "REDIS_URL") if (url := os.environ.get(name))}
"""What was named when the tests began; what each of them uses is in its own environment."""
POSTGRESQL = all(name in GIVEN for name in NAMES.values())
BROKER = GIVEN.get("REDIS_URL", "")
MOST_NUMBERS = 16
CLAIM = "kail-tests-number-{}"
CLAIMED_FOR = 6 * 3600

own_postgresql = pytest.mark.skipif(POSTGRESQL, reason="stops, restores or sets up a PostgreSQL server of its own")
own_broker = pytest.mark.skipif(bool(BROKER), reason="stops a broker of its own")
speaks_redis = pytest.mark.skipif(BROKER.startswith("amqp"), reason="reorders what waits in Redis")

_turn = itertools.count(1)


@contextmanager
def own_part() -> Iterator[dict[str, str]]:
    """Databases and a broker for whoever asks, as environment variables; empty where no servers are named."""
    with ExitStack() as leaving:
        given: dict[str, str] = {}
        if POSTGRESQL:
            mark = f"{os.getpid()}_{next(_turn)}"
            given |= {name: leaving.enter_context(_own_database(GIVEN[name], mark)) for name in NAMES.values()}
        if BROKER:
            given["REDIS_URL"] = leaving.enter_context(_own_broker(BROKER))
        yield given


@contextmanager
def _own_database(named: str, mark: str) -> Iterator[str]:
    beside = make_url(named.replace("postgresql://", "postgresql+psycopg://", 1))
    own = beside.set(database=f"{beside.database}_{mark}")
    _run(beside, f'CREATE DATABASE "{own.database}"')
    try:
        yield own.render_as_string(hide_password=False)
    finally:
        _run(beside, f'DROP DATABASE "{own.database}" WITH (FORCE)')


def _run(url: URL, statement: str) -> None:
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@contextmanager
def _own_broker(named: str) -> Iterator[str]:
    if not named.startswith("redis"):
        empty_broker(named)
        yield named
        empty_broker(named)
        return
    place, _, first = named.rpartition("/")
    with redis.Redis.from_url(named) as keeper:
        for number in range(int(first) + 1, MOST_NUMBERS):
            if keeper.set(CLAIM.format(number), os.getpid(), nx=True, ex=CLAIMED_FOR):
                break
        else:
            pytest.fail(f"every number of {named} from {first} upwards is taken")
        own = f"{place}/{number}"
        try:
            yield own
        finally:
            empty_broker(own)
            keeper.delete(CLAIM.format(number))


def empty_broker(url: str) -> None:
    """Let one's own part of the broker forget everything."""
    if url.startswith("redis"):
        with redis.Redis.from_url(url) as broker:
            broker.flushdb()
        return
    with kombu.Connection(url) as connection:
        for queue in (name for each in SERVICES for name in (each, f"{each}.slow")):
            channel = connection.channel()
            try:
                channel.queue_purge(queue)
            except connection.channel_errors:  # no such queue yet, and the channel is closed by it
                continue
            channel.close()


def without_servers(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment in which nothing names a server or a home."""
    named = ("DATABASE_", "REDIS_", "KAIL_")
    return {name: value for name, value in environment.items() if not name.startswith(named) or name == "KAIL_CLUSTERS"}
