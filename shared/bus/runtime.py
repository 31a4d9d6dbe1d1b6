"""The long-running parts of a service: worker, relay, and the bell ringer of all services."""

import time
from collections.abc import Callable, Collection, Iterable
from datetime import timedelta

import psycopg
from celery.beat import Scheduler
from celery.signals import worker_process_init, worker_ready
from celery.worker import state
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import configure_mappers

from shared.bus import broker, presence, tasks
from shared.bus.deafness import end_when_deaf
from shared.bus.log import CHANNEL
from shared.bus.participant import Participant
from shared.bus.relay import Relay
from shared.kernel.logging import get_logger
from shared.kernel.memory import keep_what_is_loaded
from shared.kernel.stopping import Stopping
from shared.storage.database import Database, database

log = get_logger(__name__)

LINGER = 0.025
"""Seconds for which the relay lets events gather while something is under way: without it, bursts travel one by one.
Where nothing is, the first goes at once: who has confirmed everything has time for a small batch."""
LOOK_ANYWAY = 1.0
STATE_CURSORS_EVERY = timedelta(seconds=20)
RELAY_LOCK = 0x4B61_696C


def run_worker(participant: Participant, *, slow: bool = False, concurrency: int = 1) -> None:
    """Run a Celery worker of this service until it is told to stop."""
    app = tasks.make_worker_app(participant, slow=slow)
    queue = broker.slow_queue(participant.name) if slow else participant.name
    base = database(participant.name)
    worker_process_init.connect(lambda **_: _begin_in_child(base), weak=False)
    worker_ready.connect(lambda **_: end_when_deaf(app, queue), weak=False)
    rung = Rung({*(each.task for each in participant.bells), f"{participant.name}.state-cursors"})
    worker_ready.connect(lambda **_: presence.stay(base, "slow" if slow else "worker", rung.last), weak=False)
    app.worker_main(
        [
            "worker",
            f"--queues={queue}",
            f"--hostname={queue}@%h",
            "--pool=prefork",
            f"--concurrency={concurrency}",
            "--loglevel=WARNING",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
    )


def _begin_in_child(base: Database) -> None:
    base.forget_connections()  # a forked child must not share its parent's
    configure_mappers()
    keep_what_is_loaded()


class Rung:
    """When this worker last took a bell of its service from the queue: the one trace that the bell ringer leaves."""

    def __init__(self, bells: Collection[str]) -> None:
        self.bells = bells
        self.taken = 0
        self.at: float | None = None

    def last(self) -> float | None:
        """The moment of the last bell that was seen by asking again and again; None before the first."""
        taken = sum(state.total_count[task] for task in self.bells)
        if taken != self.taken:
            self.taken, self.at = taken, time.time()
        return self.at


def run_relay(service: str) -> None:
    """Relay a service's log until told to stop; wait while another relay of the service is active."""
    stopping = Stopping()
    base = database(service)
    configure_mappers()
    keep_what_is_loaded()
    while not stopping.is_set():
        try:
            relay_while_leading(base, stopping.is_set)
        except (psycopg.Error, DBAPIError) as error:
            log.warning("relay-lost-database", service=service, error=type(error).__name__)
            base.dispose()
            stopping.wait(LOOK_ANYWAY)


def relay_while_leading(base: Database, stopping: Callable[[], bool]) -> None:
    """Take the lead among this service's relays, and relay until the connection that holds it breaks."""
    with psycopg.connect(base.dsn, autocommit=True) as leading:
        presence.say(leading, "relay")
        said_at = time.monotonic()
        while not _leads(leading):
            if stopping():
                return
            time.sleep(LOOK_ANYWAY)
        leading.execute(f"LISTEN {CHANNEL}")
        relay = Relay(base, broker.CeleryTransport())
        while not stopping():
            relay.step()
            if time.monotonic() - said_at > presence.SAY_EVERY:
                presence.say(leading, "relay")
                said_at = time.monotonic()
            if any(leading.notifies(timeout=LOOK_ANYWAY, stop_after=1)):
                if relay.waits_for_confirmations:
                    time.sleep(LINGER)
                list(leading.notifies(timeout=0))


def _leads(connection: psycopg.Connection) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", [RELAY_LOCK]).fetchone()
    return bool(row and row[0])


def run_beat(participants: Iterable[Participant]) -> None:
    """Ring every service's bells until told to stop; a bell says only that it is time to look."""
    stopping = Stopping()
    app = broker.make_app("intake")
    app.conf.beat_schedule = {
        task: {
            "task": task,
            "schedule": every,
            "options": {"queue": task.partition(".")[0], "expires": every.total_seconds(), "argsrepr": ""},
        }
        for participant in participants
        for task, every in [
            *((bell.task, bell.every) for bell in participant.bells),
            (f"{participant.name}.state-cursors", STATE_CURSORS_EVERY),
        ]
    }
    scheduler = Scheduler(app)
    while not stopping.is_set():
        try:
            pause = scheduler.tick()
        except Exception as error:  # noqa: BLE001 (the next tick rings again)
            log.warning("bell-not-rung", error=repr(error))
            pause = LOOK_ANYWAY
        stopping.wait(min(max(pause or 0.0, 0.0), LOOK_ANYWAY))
