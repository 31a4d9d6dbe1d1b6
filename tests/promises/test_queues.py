"""Every queue into which something is put has a worker, on one machine and in the production shape alike."""

from functools import partial
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from services import catalogue
from services.supervise.parts import parts_of_one_machine, run_worker
from shared.bus import broker, routes

COMPOSE = YAML(typ="safe").load(Path(__file__).parents[2] / "docker-compose.yml")
FILLED = {
    *(routes.service_of(subscriber) for subscriber in routes.HEARS),
    *routes.SERVICES,
    *(bell.service for each in catalogue.participants().values() for bell in each.bells),
    *(broker.slow_queue(job.service) for each in catalogue.participants().values() for job in each.jobs),
}


def queue_of(service: str, slow: bool) -> str:
    return broker.slow_queue(service) if slow else service


def workers_of_one_machine():
    for part in parts_of_one_machine():
        if isinstance(part.run, partial) and part.run.func is run_worker:
            yield queue_of(part.run.args[0], part.run.keywords.get("slow", False))


def workers_in_production():
    for each in COMPOSE["services"].values():
        match each.get("command"):
            case ["worker", service, *options]:
                yield queue_of(service, "--slow" in options)


@pytest.mark.parametrize("workers", [workers_of_one_machine, workers_in_production], ids=lambda each: each.__name__)
def test_every_queue_is_consumed_and_no_worker_waits_for_nothing(workers):
    assert sorted(workers()) == sorted(FILLED)


def test_every_queue_is_declared(home):
    assert set(broker.make_app("intake").amqp.queues) >= FILLED
