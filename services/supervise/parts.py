"""The parts that one machine runs: the web, and for each service a worker and a relay, one bell ringer, long work.

The same functions are behind `kail web`, `kail worker`, `kail relay` and `kail beat`, so that what a container runs in
production is what `kail up` runs here.
"""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from services.embedded.process import die_with_parent
from shared.kernel.settings import SERVICES, settings

WEB_WORKERS = 2
WEB_ENDS_WITHIN = 10
"""Seconds for the web's workers to finish what they answer, before they are killed."""


@dataclass(frozen=True)
class Part:
    """One long-running process: its name, what it runs, and in which round it is stopped."""

    name: str
    run: Callable[[], None] = field(repr=False)
    stops_in_round: int = 1
    once: bool = False
    """Whether its work has an end, so that a clean exit needs no new start."""


def run_web(services: tuple[str, ...] = SERVICES, *, host: str = "127.0.0.1", workers: int = WEB_WORKERS) -> None:
    """Serve these services on the settings' port until told to stop."""
    from granian.constants import Interfaces
    from granian.server import Server

    from shared.web.live import MOST_STREAMS

    os.environ["KAIL_WEB_SERVES"] = ",".join(services)
    Server(
        "services.together:serving",
        factory=True,
        address=host,
        port=settings().port,
        interface=Interfaces.WSGI,
        workers=workers,
        # One answers; a page that watches the figures keeps one more for itself while its stream is open.
        blocking_threads=1 + (MOST_STREAMS if "monitoring" in services else 0),
        backlog=512,
        respawn_failed_workers=True,
        # Seen once: a worker told to stop while it was starting never did, and the server waited for it for ever.
        workers_kill_timeout=WEB_ENDS_WITHIN,
        websockets=False,
        log_enabled=True,
    ).serve()


def run_worker(service: str, *, slow: bool = False, concurrency: int = 1) -> None:
    """Work off one service's events, or its long work, until told to stop."""
    from services.together import participant
    from shared.bus import runtime

    runtime.run_worker(participant(service), slow=slow, concurrency=concurrency)


def run_relay(service: str) -> None:
    """Carry one service's events to whoever hears them, until told to stop."""
    from shared.bus import runtime

    runtime.run_relay(service)


def run_beat() -> None:
    """Ring the bells of all services until told to stop."""
    from services.together import participants
    from shared.bus import runtime

    runtime.run_beat(participants())


def run_protection() -> None:
    """Write down what is passed on to the protection compartment, until told to stop."""
    from services.intake.protection import jobs
    from services.together import participant

    participant("intake")
    jobs.run()


def parts_of_one_machine() -> list[Part]:
    """Everything that has to run for all four services to work."""
    return [
        Part("web", run_web, stops_in_round=0),
        *(Part(f"relay-{service}", partial(run_relay, service)) for service in SERVICES),
        *(Part(f"worker-{service}", partial(run_worker, service)) for service in SERVICES),
        Part("slow-intake", partial(run_worker, "intake", slow=True)),
        Part("protection", run_protection),
        Part("beat", run_beat, stops_in_round=0),
    ]


def die_with_our_parent() -> None:
    """End this process, and whatever it forks, when the one above is gone, even by SIGKILL."""
    die_with_parent(signal.SIGTERM)
    os.register_at_fork(after_in_child=partial(die_with_parent, signal.SIGTERM))
