"""What those who run a service ask it: is it well (`/<service>/health`), what does it count (`/<service>/metrics`)."""

import hmac
import socket
import time
from collections.abc import Callable, Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

import redis
from flask import Blueprint, Flask, Response, g, jsonify, redirect, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.registry import Collector
from sqlalchemy import text
from werkzeug.wrappers import Response as WsgiResponse

from shared.kernel.errors import Forbidden
from shared.kernel.ids import new_id
from shared.kernel.logging import get_logger
from shared.kernel.settings import settings
from shared.storage import Database
from shared.web.guard import is_unrecorded, public
from shared.web.rates import unlimited

log = get_logger(__name__)
PATIENCE = 2.0
"""Seconds that a health check waits for the broker."""
QUIET = ("assets.static_file", "operations.health", "operations.metrics")


def broker_answers(url: str) -> bool:
    """Whether the broker at this address answers; of one that is not Redis, whether it takes a connection."""
    place = urlsplit(url)
    if place.scheme.startswith(("redis", "valkey", "unix")):
        with redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE) as broker:
            return bool(broker.ping())
    with socket.create_connection((place.hostname or "localhost", place.port or 5672), PATIENCE):
        return True


def database_answers(database: Database) -> bool:
    """Whether the service's database answers."""
    with database.engine.connect() as connection:
        return connection.scalar(text("SELECT 1")) == 1


def require_measurer() -> None:
    """Raise Forbidden unless the metrics' token is shown, or, where none is set, this machine itself asks directly."""
    token = settings().metrics_token
    if token is not None:
        _, _, shown = request.headers.get("Authorization", "").partition(" ")
        known = hmac.compare_digest(shown.strip().encode(), token.encode())
    else:
        through_proxy = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
        known = not through_proxy and ip_address(request.remote_addr or "0.0.0.0").is_loopback  # noqa: S104
    if not known:
        raise Forbidden


def install(app: Flask, service: str, database: Callable[[], Database], collectors: Iterable[Collector]) -> None:
    """Give an app its health and metrics, and count and log what it answers."""
    registry = CollectorRegistry()
    for collector in collectors:
        registry.register(collector)
    served = Counter("kail_requests", "Requests answered", ["service", "route", "method", "status"], registry=registry)
    took = Histogram("kail_request_seconds", "Time to answer a request", ["service", "route"], registry=registry)
    pages = Blueprint("operations", __name__)

    @pages.get("/", strict_slashes=False)
    @unlimited
    @public("a service's own name leads to where everybody begins")
    def begin_at_the_start() -> WsgiResponse:
        return redirect("/", 303)

    @pages.get("/health")
    @unlimited
    @public("asked by whoever runs the service; says only whether its parts answer")
    def health() -> tuple[Response, int]:
        checks = {
            "database": _holds(lambda: database_answers(database())),
            "broker": _holds(lambda: broker_answers(settings().redis_url)),
        }
        return jsonify(service=service, checks=checks), 200 if all(checks.values()) else 503

    @pages.get("/metrics")
    @unlimited
    @public("counts only, for this machine itself or whoever has the token")
    def metrics() -> Response:
        require_measurer()
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        g.request_id = str(new_id())

    @app.after_request
    def count(response: Response) -> Response:
        seconds = time.perf_counter() - g.began
        route = str(request.url_rule) if request.url_rule else "(none)"
        response.headers["X-Request-Id"] = g.request_id
        if is_unrecorded():
            return response
        served.labels(service, route, request.method, response.status_code).inc()
        took.labels(service, route).observe(seconds)
        if request.endpoint not in QUIET:
            log.info(
                "request-answered",
                request_id=g.request_id,
                service=service,
                method=request.method,
                route=route,
                status=response.status_code,
                milliseconds=round(seconds * 1000, 1),
            )
        return response

    app.register_blueprint(pages, url_prefix=f"/{service}")


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception as failed:  # noqa: BLE001  # whatever fails here, the answer is "no"
        log.warning("health-check-failed", error=type(failed).__name__)
        return False
