"""All four services in one process tree and at one origin: the composition root of the one-machine deployment.

Only this module, `services.cli` and `services.supervise` know more than one service.
"""

import os
import signal
from collections.abc import Iterable
from importlib import import_module

from services.embedded.process import die_with_parent
from shared.bus import Participant
from shared.kernel import logging
from shared.kernel.memory import keep_what_is_loaded
from shared.kernel.settings import APART, SERVICES
from shared.web.origin import Wsgi, one_origin


def participant(service: str) -> Participant:
    """One service as the bus knows it; of a database apart, the service whose part it is."""
    package = next((name for name, store in APART.items() if store == service), f"services.{service}")
    found: Participant = import_module(f"services.{package.split('.')[1]}.worker").PARTICIPANT
    return found


def participants() -> list[Participant]:
    """All four services as the bus knows them."""
    return [participant(service) for service in SERVICES]


def import_everything() -> None:
    """Import all that any part runs, so that forks share it and start at once."""
    import_module("celery.apps.worker")
    import_module("celery.concurrency.prefork")
    import_module("granian.server")
    participants()
    for service in SERVICES:
        import_module(f"services.{service}.app")
    keep_what_is_loaded()  # else a collection in a fork would touch, and so copy, every page of it


def application(services: Iterable[str] = SERVICES) -> Wsgi:
    """These services at one origin, each under its own name; intake's front answers everything else."""
    apps: dict[str, Wsgi] = {name: import_module(f"services.{name}.app").create() for name in services}
    return one_origin(apps, root="intake" if "intake" in apps else next(iter(apps)))


def serving() -> Wsgi:
    """What a web process runs; it ends with whoever started it."""
    die_with_parent(signal.SIGTERM)
    logging.configure("web")
    serves = application(os.environ.get("KAIL_WEB_SERVES", ",".join(SERVICES)).split(","))
    keep_what_is_loaded()
    return serves
