"""What Kail is held against: a raw Celery chain, and a plain psycopg loop."""

import os
import time

import psycopg
from celery import Celery, chain

STAGES = 5
TABLES = """
CREATE TABLE IF NOT EXISTS peer_journey (id integer PRIMARY KEY, stage integer NOT NULL);
CREATE TABLE IF NOT EXISTS peer_step (id bigserial PRIMARY KEY, journey_id integer NOT NULL, stage integer NOT NULL);
TRUNCATE peer_journey, peer_step;
"""

app = Celery("peers", broker=os.environ.get("BENCH_BROKER"), set_as_current=False)
app.conf.update(task_ignore_result=True, task_default_queue="bench.peers", worker_prefetch_multiplier=4)
_connection: psycopg.Connection | None = None


def step(connection: psycopg.Connection, journey: int, stage: int) -> None:
    """One stage in one transaction: write what happened, and where the journey stands."""
    with connection.transaction():
        connection.execute("INSERT INTO peer_step (journey_id, stage) VALUES (%s, %s)", (journey, stage))
        connection.execute(
            "INSERT INTO peer_journey VALUES (%s, %s) ON CONFLICT (id) DO UPDATE SET stage = excluded.stage",
            (journey, stage),
        )


@app.task(name="bench.step")
def celery_step(journey: int, stage: int) -> None:
    """One stage as a task of its own."""
    global _connection
    if _connection is None:
        _connection = psycopg.connect(os.environ["BENCH_DSN"], autocommit=True)
    step(_connection, journey, stage)


def loop(dsn: str, journeys: int) -> float:
    """Seconds for so many journeys by a plain loop."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(TABLES)
        begin = time.perf_counter()
        for journey in range(journeys):
            for stage in range(STAGES):
                step(connection, journey, stage)
        return time.perf_counter() - begin


def celery_chain(dsn: str, journeys: int) -> float:
    """Seconds for so many journeys by chains of five tasks; a worker must be running."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(TABLES)
        chain(celery_step.si(-1, 0), celery_step.si(-1, STAGES - 1)).apply_async()
        _wait(connection, 1)  # the worker is up
        begin = time.perf_counter()
        for journey in range(journeys):
            chain(*[celery_step.si(journey, stage) for stage in range(STAGES)]).apply_async()
        _wait(connection, journeys + 1)
        return time.perf_counter() - begin


def _wait(connection: psycopg.Connection, done: int) -> None:
    wanted = "SELECT count(*) FROM peer_journey WHERE stage = %s"
    while (connection.execute(wanted, (STAGES - 1,)).fetchone() or (0,))[0] < done:
        time.sleep(0.02)
