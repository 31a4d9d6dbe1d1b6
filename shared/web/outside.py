"""How a request reached this deployment: under which host name, and whether over HTTPS.

`KAIL_HTTPS` says once and for all that everybody comes over HTTPS, so that cookies, HSTS and the check of where a form
was sent from do not lean on what a proxy says of each request. What a named proxy does say is still listened to, so
that a deployment that is reached by plain HTTP all the same is noticed.
"""

import re
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, request
from flask_wtf.csrf import CSRFError

from shared.kernel.errors import Misaddressed
from shared.kernel.logging import get_logger
from shared.kernel.settings import settings

log = get_logger(__name__)
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")
"""The names under which a machine reaches itself: health checks use them, and whoever tries Kail out."""
ANY = "*"
PORT = re.compile(r":\d*$")
SAID_EVERY = 60.0
"""Seconds between two warnings that this deployment is reached by plain HTTP."""


class UnknownHost(Misaddressed):
    """This deployment does not answer under the name that was asked for; KAIL_HOSTS names those that it has."""

    indonesian = "Kail di sini tidak melayani nama yang diminta; KAIL_HOSTS menyebut nama-nama yang berlaku."


def hold_hosts(app: Flask) -> None:
    """Let an app answer only under its deployment's names."""

    @app.before_request
    def require_known_host() -> None:
        known = settings().hosts
        if ANY not in known and not _is_among(request.environ.get("HTTP_HOST", ""), (*known, *THIS_MACHINE)):
            raise UnknownHost


def _is_among(host: str, names: Iterable[str]) -> bool:
    """Whether a `Host` header says one of these names, on any port; a name with a leading dot means all below it."""
    name = PORT.sub("", host.lower())
    return any(name == each or (each.startswith(".") and name.endswith(each)) for each in names)


def require_from_here() -> None:
    """Raise CSRFError when the browser says that a page of another origin sent a form, or over HTTPS says nothing.

    A page that tells nobody its own address (`Referrer-Policy: no-referrer`) says `Origin: null`, which says nothing.
    """
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    fetched, origin, referrer = (request.headers.get(name) for name in ("Sec-Fetch-Site", "Origin", "Referer"))
    if fetched is not None:
        ours = fetched in ("same-origin", "none")
    elif said := (origin or referrer):
        ours = said == "null" or _origin(said) == _origin(request.host_url)
    else:
        ours = not request.is_secure
    if not ours:
        raise CSRFError("The form was not sent by a page of this origin.")


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc.lower()


def always_https(app: Wsgi) -> Wsgi:
    """Every request counts as sent over HTTPS; one that a proxy says was not is warned of now and then."""
    lock, last_said = threading.Lock(), float("-inf")

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        nonlocal last_said
        if came_by_plain_http(environ) and time.monotonic() - last_said > SAID_EVERY:
            with lock:
                last_said = time.monotonic()
            log.warning("reached-by-plain-http", host=environ.get("HTTP_HOST", ""))
        environ["kail.outer_scheme"] = environ.get("wsgi.url_scheme")
        environ["wsgi.url_scheme"] = "https"
        return app(environ, start_response)

    return serve


def came_by_plain_http(environ: dict[str, Any]) -> bool:
    """Whether a proxy of ours says that a browser came without HTTPS; a machine that asks itself is not meant."""
    if not settings().proxies:
        return False
    scheme = environ.get("kail.outer_scheme", environ.get("wsgi.url_scheme"))
    return scheme != "https" and not _is_among(environ.get("HTTP_HOST", ""), THIS_MACHINE)
