"""How a service becomes a web app: the same errors, guard, transactions, headers and pages for all four."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import flask
import flask_smorest
from flask import Flask, request
from flask.ctx import RequestContext
from flask.json.provider import DefaultJSONProvider
from flask_wtf import CSRFProtect
from prometheus_client.registry import Collector
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from shared import storage
from shared.kernel import storable
from shared.kernel.logging import get_logger
from shared.kernel.settings import SERVICES, settings
from shared.privacy.keys import keyring
from shared.storage import Database
from shared.web import (
    api,
    assets,
    bounds,
    door,
    guard,
    headers,
    idempotency,
    language,
    navigation,
    operations,
    outside,
    practising,
    problem,
    rates,
    roster,
    sessions,
    showing,
)

log = get_logger(__name__)
LARGEST_REQUEST = 16 * 1024 * 1024
"""Bytes; a registry file has a route of its own that allows more."""


@dataclass(frozen=True)
class Kail:
    """What an app knows of itself: its service, its database (asked at first use), its menu, who comes, how often."""

    service: str
    database: Callable[[], Database]
    menu: tuple[navigation.Link, ...]
    roster: roster.Roster
    counting: rates.Counting


class Json(DefaultJSONProvider):
    """JSON in the order in which it was written, with letters as they are."""

    sort_keys = False
    ensure_ascii = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """What a text says; raises NotJson, and NotStorable where no column could keep it."""
        return storable.loads(s)

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """Anything as JSON; half a surrogate pair, which UTF-8 does not know, is written as JSON escapes it."""
        return super().dumps(obj, **kwargs).encode(errors="backslashreplace").decode()


class Number(IntegerConverter):
    """A number in an address; there is nothing at one that no column could keep."""

    regex = r"\d{1,9}"


class App(Flask):
    """A service's web app; what nobody foresaw is logged without its text, which may hold personal data."""

    session_interface = sessions.SharedCookie()
    json_provider_class = Json

    def request_context(self, environ: dict[str, Any]) -> RequestContext:
        """Sign and read this request's cookie and forms with the keys that count now."""
        ring = keyring()
        self.config["SECRET_KEY"], self.config["SECRET_KEY_FALLBACKS"] = ring.web_secret, ring.web_secrets_before
        self.config["WTF_CSRF_SECRET_KEY"] = [*ring.web_secrets_before, ring.web_secret]  # the last one signs
        return super().request_context(environ)

    def log_exception(
        self,
        exc_info: tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | BaseException,
    ) -> None:
        """Say which kind of error it was and which lines it came from; where no trace may be left, only the kind."""
        error = exc_info[1] if isinstance(exc_info, tuple) else exc_info
        if error is not None:
            problem.log_failure("unhandled-error", error)


def create_app(
    service: str,
    *,
    blueprints: Iterable[flask_smorest.Blueprint] = (),
    pages: Iterable[flask.Blueprint] = (),
    front: Iterable[flask.Blueprint] = (),
    menu: Iterable[navigation.Link] = (),
    collectors: Iterable[Collector] = (),
    database: Database | None = None,
) -> Flask:
    """The web app of a service; raises UnguardedRoutes when a view says not who may use it.

    API blueprints are mounted under `/<service>/v1`, pages under `/<service>`, `front` at the origin's root (intake's
    home page alone). Without `database` it is the one that the settings name.
    """
    if service not in SERVICES:
        raise ValueError(f"{service} is none of {', '.join(SERVICES)}")
    app = App(service, static_folder=None, template_folder=str(showing.TEMPLATES))
    app.config.update(
        SECRET_KEY=keyring().web_secret,
        SESSION_COOKIE_NAME=sessions.COOKIE,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # `outside.require_from_here` asks more, and of every form
    )
    if settings().https:
        app.wsgi_app = outside.always_https(app.wsgi_app)  # type: ignore[method-assign, assignment]
    if settings().proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings().proxies, x_proto=settings().proxies)  # type: ignore[method-assign]
    known = Kail(
        service, lambda: database or storage.database(service), tuple(menu), roster.Roster(), rates.Counting(service)
    )
    rates.limits_of(settings().limits, 1)  # what cannot be read is said now, and not at each request
    app.extensions["kail"] = known
    app.url_map.converters["int"] = Number
    door.install(app)  # first: it answers last, when everything else has been said
    operations.install(app, service, known.database, collectors)
    headers.install(app)
    outside.hold_hosts(app)
    _ask_first(app)
    language.install(app)
    problem.install(app)
    assets.install(app)
    practising.install(app)
    showing.install(app)
    api.install(app, service, tuple(blueprints))
    for page in pages:
        app.register_blueprint(page, url_prefix=f"/{service}{page.url_prefix or ''}")
    for page in front:
        app.register_blueprint(page)
    guard.hold_every_route(app)
    return app


def _ask_first(app: Flask) -> None:
    csrf = CSRFProtect(app)

    @app.before_request
    def ask_first() -> Any:
        """Is it too much, can it be kept, who is it, did a page of ours send it, was it answered before?"""
        rates.hold()
        bounds.hold_address()
        guard.enforce()
        if request.method in idempotency.CHANGING:
            bounds.hold_form()
        if guard.is_guarded() and not guard.is_unrecorded():
            known: Kail = app.extensions["kail"]
            known.roster.note(known.database(), sessions.current_token())
        if not sessions.is_api() and request.endpoint:
            outside.require_from_here()
            csrf.protect()
        if (renewal := sessions.renew_when_due()) is not None:
            return renewal
        if idempotency.key_of_request() is None or not guard.is_guarded():
            return None
        if guard.is_unrecorded() or guard.is_shown_once():
            return None
        return door.answer_again()
