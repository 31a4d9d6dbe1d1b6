"""The Celery tasks of a service: two for events, one for each bell, one for each kind of long work."""

from collections.abc import Callable
from functools import partial
from typing import Any

from celery import Celery
from marshmallow import EXCLUDE, Schema, fields
from sqlalchemy import select

from shared.bus import broker, confirmations, delivery, messages, routes
from shared.bus.chain import GENESIS
from shared.bus.messages import Confirmation, Saying, Transport
from shared.bus.models import Cursor
from shared.bus.participant import Bell, Job, Participant
from shared.kernel.logging import get_logger
from shared.kernel.settings import settings
from shared.privacy.keys import Kind, keyring
from shared.storage.database import Database, database

log = get_logger(__name__)


class _Addressed(Schema):
    """The arguments of both event tasks: what is needed before the signature can be checked."""

    class Meta:
        unknown = EXCLUDE

    subscriber = fields.String(required=True)
    source = fields.String(required=True)


def register(app: Celery, participant: Participant, transport: Transport) -> None:
    """Give an application the tasks of one service."""
    service = participant.name
    base = database(service)

    @app.task(name=f"{service}.deliver")
    def deliver(message: dict[str, Any]) -> None:
        addressed = _Addressed().load(message)
        batches = messages.batches_from_json(message, partial(_verify, addressed["source"]))
        delivery.receive(base, participant.subscriber(addressed["subscriber"]), batches, transport)

    @app.task(name=f"{service}.confirm")
    def confirm(message: dict[str, Any]) -> None:
        addressed = _Addressed().load(message)
        verify = partial(_verify, routes.service_of(addressed["subscriber"]))
        confirmations.hear(base, messages.confirmations_from_json(message, verify))

    for bell in participant.bells:
        app.task(name=bell.task)(_ringing(bell, base))

    @app.task(name=f"{service}.state-cursors")
    def state() -> None:
        state_cursors(base, participant, transport)


def _verify(service: str, content: bytes, signature: str) -> bool:
    return keyring.knowing(Kind.BUS, signature.rpartition(":")[0]).verify(service, content, signature)


def register_jobs(app: Celery, participant: Participant) -> None:
    """Give an application the long work of one service."""
    base = database(participant.name)
    for job in participant.jobs:
        app.task(name=job.task)(_running(job, base))


def _ringing(bell: Bell, base: Database) -> Callable[[], None]:
    def ring() -> None:
        bell.ring(base)

    return ring


def _running(job: Job, base: Database) -> Callable[..., None]:
    def run(**arguments: Any) -> None:
        job.run(base, **arguments)

    return run


def state_cursors(base: Database, participant: Participant, transport: Transport) -> None:
    """Tell every source where each subscriber stands: whoever was restored from a backup, or lost the last word
    of the other side, is noticed by this even when nothing new happens."""
    with base.reading() as session:
        known = {
            (cursor.subscriber, cursor.source, cursor.partition): cursor for cursor in session.scalars(select(Cursor))
        }
    for subscriber in participant.subscribers:
        for source in subscriber.sources:
            stated, wishes = [], subscriber.wishes_of(source)
            for partition in range(settings().partitions):
                cursor = known.get((subscriber.name, source, partition))
                position, hash_ = (cursor.position, cursor.hash) if cursor else (0, GENESIS)
                stated.append(Confirmation(subscriber.name, source, partition, position, hash_, Saying.STATED, wishes))
            transport.confirm(stated)


def make_worker_app(participant: Participant, *, slow: bool = False) -> Celery:
    """The complete application that a worker of this service runs."""
    app = broker.make_app(participant.name, slow=slow)
    if slow:
        register_jobs(app, participant)
    else:
        register(app, participant, broker.CeleryTransport())
    return app
