"""Celery as a courier: the one place that knows it, set up from what was measured on 5.7 (docs/decisions/0001).

Nothing here has to be reliable. Redis may lose, double or shuffle messages; the log and the cursors make it good.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import orjson
from celery import Celery
from kombu import Exchange, Queue
from kombu.exceptions import ChannelError
from kombu.serialization import register

from shared.bus import routes
from shared.bus.chain import Batch
from shared.bus.messages import Confirmation, batches_to_json, confirmations_to_json
from shared.kernel.logging import get_logger
from shared.kernel.settings import settings
from shared.privacy.keys import keyring

log = get_logger(__name__)

VISIBILITY_TIMEOUT = 60
"""Seconds after which Redis hands an unacknowledged message to another worker; tasks end before that."""
TIME_LIMIT = 50
SLOW_VISIBILITY_TIMEOUT = 6 * 3600
PATIENCE = 2.0
"""Seconds that whoever asks how long a queue is waits for the broker."""
EXCHANGE = Exchange("kail", type="direct", durable=True)

# JSON as before, written and read by a faster library: measured, kombu's own took 7 % of a busy worker's time.
register("json", orjson.dumps, orjson.loads, content_type="application/json", content_encoding="utf-8")


def slow_queue(service: str) -> str:
    """The queue of a service's long work."""
    return f"{service}.slow"


def make_app(service: str, *, slow: bool = False) -> Celery:
    """The Celery application of one service's event worker, or of its worker for long work."""
    url = settings().redis_url
    queues = [name for each in routes.SERVICES for name in (each, slow_queue(each))]
    app = Celery(service, broker=url, set_as_current=False)
    app.conf.update(
        accept_content=["json"],
        task_serializer="json",
        result_backend=None,
        task_ignore_result=True,
        task_queues=[Queue(name, EXCHANGE, routing_key=name) for name in queues],
        task_default_queue=service,
        task_default_exchange=EXCHANGE.name,
        task_default_exchange_type="direct",
        task_create_missing_queues=False,
        task_acks_late=True,
        task_reject_on_worker_lost=False,  # True delivers a message that kills its worker again without bound
        task_publish_retry=False,
        task_time_limit=None if slow else TIME_LIMIT,
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_soft_shutdown_timeout=5.0,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options=_transport_options(url, service, slow),
        broker_heartbeat=0 if url.startswith(("redis", "rediss")) else 30,
        timezone="UTC",
    )
    return app


def _transport_options(url: str, service: str, slow: bool) -> dict[str, Any]:
    if not url.startswith(("redis", "rediss", "unix")):
        return {"confirm_publish": True}
    name = slow_queue(service) if slow else service
    return {
        "visibility_timeout": SLOW_VISIBILITY_TIMEOUT if slow else VISIBILITY_TIMEOUT,
        "socket_timeout": 10,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 10,
        "unacked_key": f"kail.unacked.{name}",
        "unacked_index_key": f"kail.unacked-index.{name}",
        "unacked_mutex_key": f"kail.unacked-mutex.{name}",
    }


@cache
def _producer(url: str) -> Celery:
    return make_app("intake")


def publish(queue: str, task: str, arguments: dict[str, Any]) -> None:
    """Put a task on a queue; an error means that it may or may not be there."""
    _producer(settings().redis_url).send_task(task, kwargs=arguments, queue=queue, argsrepr="", kwargsrepr="")


def is_reachable() -> bool:
    """Whether the broker answers at the moment."""
    try:
        with _producer(settings().redis_url).connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=2)
    except Exception:  # noqa: BLE001 (whatever it was, the answer is no)
        return False
    return True


@dataclass(frozen=True)
class Depth:
    """How many messages wait in a queue; None while the broker does not answer."""

    queue: str
    waiting: int | None


def depths(service: str) -> list[Depth]:
    """How much waits in a service's two queues at the moment."""
    names = (service, slow_queue(service))
    try:
        with _producer(settings().redis_url).connection_for_read(
            transport_options={"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
        ) as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=PATIENCE)
            return [Depth(name, _waiting_in(connection.channel(), name)) for name in names]
    except Exception as error:  # noqa: BLE001 (whatever it was, nobody can say what waits there)
        log.warning("queues-not-asked", error=type(error).__name__)
        return [Depth(name, None) for name in names]


def _waiting_in(channel: Any, queue: str) -> int:
    try:
        return int(channel.queue_declare(queue, passive=True).message_count)
    except ChannelError:
        return 0  # Redis keeps no empty list, so that an empty queue is one that is not there


class CeleryTransport:
    """Carries batches and confirmations as Celery tasks `<service>.deliver` and `<service>.confirm`."""

    def deliver(self, batches: Sequence[Batch]) -> None:
        """Send batches towards their subscriber's service, signed by the source."""
        service = routes.service_of(batches[0].subscriber)
        message = batches_to_json(batches, partial(keyring().sign, batches[0].source))
        publish(service, f"{service}.deliver", {"message": message})

    def confirm(self, confirmations: Sequence[Confirmation]) -> None:
        """Send confirmations towards the source, signed by the subscriber's service."""
        service, source = routes.service_of(confirmations[0].subscriber), confirmations[0].source
        message = confirmations_to_json(confirmations, partial(keyring().sign, service))
        publish(source, f"{source}.confirm", {"message": message})
