"""Who is asking: a bearer token on the API, a signed cookie that carries the same kind of token on the pages.

The four services share the cookie. A page's token is renewed by intake while its holder is active: a service sends her
there and straight back, so that only intake issues tokens. What has ended is refused by each service by itself.
The whole session is one cookie, so the last answer wins: only answers that a person waits for may change it.
"""

import re
import time
import unicodedata
from base64 import b64decode, b64encode
from urllib.parse import unquote, urlencode, urlsplit
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from flask import Flask, current_app, g, redirect, request, session
from flask import Response as Answer
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.urls import iri_to_uri
from werkzeug.wrappers import Response

from shared.identity import revocation, tokens
from shared.identity.officer import Officer
from shared.identity.rules import TokenRefused
from shared.kernel.errors import Unauthenticated
from shared.kernel.settings import settings
from shared.privacy import fields

COOKIE = "kail"
BOUND_COOKIE = "__Host-kail"
RENEW_AFTER = 5 * 60
"""Seconds after which an active officer's token is renewed."""
RENEWAL = "/intake/renew"
HOME = "/"
EVENTS = "text/event-stream"
LONGEST_WAITING = 1_000
"""Letters of an address that waits in the session: a browser keeps no cookie of more than four thousand."""
HIDDEN = "kail_hidden_addresses"
"""Under which an app keeps what its unrecorded addresses begin with (`guard.hold_every_route` finds them)."""
ADDRESS = re.compile(r"/(?!/)[^\x00-\x20\x7f-\xa0\\]{0,4000}")
"""An address on this origin without blanks, control characters and backslashes; more is asked of its path."""
PATH = re.compile(r"/(?!/)(?:[^\x00-\x1f\x7f-\x9f\\/]|/(?!/))*")
"""A path, decoded: no control character, no backslash, no two slashes beside each other."""


class SharedCookie(SecureCookieSessionInterface):
    """The session cookie; where a deployment is HTTPS it is bound to its host and never sent in the clear."""

    def get_cookie_name(self, app: Flask) -> str:
        """What it is called: browsers take a name with `__Host-` only from the very host, and over HTTPS."""
        return cookie(BOUND_COOKIE if settings().https else COOKIE)

    def get_cookie_secure(self, app: Flask) -> bool:
        """Whether the browser may send it over HTTPS only: where the deployment is, or the request came so."""
        return settings().https or request.is_secure

    def save_session(self, app: Flask, session: SessionMixin, response: Answer) -> None:
        """Let an answer change it, but not one to what a page fetched by itself: she may have gone on meanwhile."""
        if is_visit():
            super().save_session(app, session, response)


def cookie(name: str) -> str:
    """What a cookie is called here: a browser keeps one jar for all ports of a machine, a practice copy's as well."""
    return f"{name}-practice" if settings().is_practice else name


def is_visit() -> bool:
    """Whether a person goes to a page or sends a form, and no page fetches something by itself.

    Browsers say so (W3C Fetch Metadata, `Sec-Fetch-Mode`), but not to a server whose address they do not trust.
    """
    mode = request.headers.get("Sec-Fetch-Mode")
    if mode is not None:
        return mode == "navigate"
    return "HX-Request" not in request.headers and request.accept_mimetypes.best != EVENTS


def is_api() -> bool:
    """Whether the request is for the API (`/<service>/v1/...`) rather than for a page."""
    return request.path.split("/", 3)[2:3] == ["v1"]


def current_token() -> tokens.Token:
    """The verified token of this request, which no end is known of; raises Unauthenticated."""
    if "refused" in g:
        raise g.refused
    if "token" not in g:
        try:
            token = _of_this_door(tokens.read(_presented()))
            revocation.hold(current_app.extensions["kail"].database(), token)
        except TokenRefused as refused:
            if not is_api():
                _remember_whose(session.pop("token", None))
            g.refused = refused  # asked again in this request, the answer is the same: she had signed in
            raise
        g.token = token
    known: tokens.Token = g.token
    return known


def current_officer() -> Officer:
    """The officer who is asking; raises Unauthenticated."""
    return current_token().officer


def token_or_none() -> tokens.Token | None:
    """The verified token of this request, if there is one."""
    try:
        return current_token()
    except (Unauthenticated, OperationalError, InterfaceError):  # a page about a database that is away knows nobody
        return None


def officer_or_none() -> Officer | None:
    """The officer who is asking, if anybody has signed in."""
    token = token_or_none()
    return token.officer if token else None


def last_officer() -> UUID | None:
    """Who has signed in at this browser, or had until her token ran out; nobody once she has signed out."""
    if "token" in g:
        known: UUID = g.token.officer.id
        return known
    return UUID(session["was"]) if "was" in session else None


def sign_in(token: str) -> None:
    """Let this browser carry the token; whatever the session held before is dropped."""
    session.clear()
    session["token"] = token
    _forget_answer()


def renew(token: str) -> None:
    """Let this browser carry a fresh token and go on as it was."""
    session["token"] = token
    _forget_answer()


def sign_out() -> None:
    """Forget who this browser belongs to."""
    session.clear()
    _forget_answer()


def _forget_answer() -> None:
    g.pop("token", None)
    g.pop("refused", None)


def renew_when_due() -> Response | None:
    """Send an active officer past intake for a fresh token; what pages fetch by themselves is not activity."""
    if request.method != "GET" or is_api() or not is_visit() or request.path == RENEWAL:
        return None
    if "token" not in g or time.time() - g.token.issued_at < RENEW_AFTER:
        return None
    return redirect(leading_back(RENEWAL, here()), 303)


def here() -> str:
    """The address of this page on this origin, with its query."""
    return request.full_path if request.query_string else request.path


def is_hidden(address: str) -> bool:
    """Whether an address of this service lies where no trace may be left."""
    return current_app.extensions[HIDDEN].match(urlsplit(address).path) is not None


def leading_back(way: str, address: str, whose: UUID | None = None) -> str:
    """An address on the `way` to signing in or to a fresh token, from which one goes on to `address`.

    A proxy writes addresses down. One that is hidden waits in the session meanwhile, closed, for whoever was signed in;
    what is written down looks like the start page's. One that no cookie could hold does not wait.
    """
    session.pop("going", None)
    if is_hidden(address):
        if len(address) > LONGEST_WAITING:
            return f"{way}?{urlencode({'next': HOME})}"
        known = whose or last_officer()
        waiting = orjson.dumps([str(known) if known else "", address]).decode()
        session["going"] = b64encode(fields.encrypt(waiting, fields.Purpose.PROTECTION)).decode()
        address = HOME
    return f"{way}?{urlencode({'next': address})}"


def going_on(address: str | None, whose: UUID | None) -> str:
    """Where she goes on to: the address, if it is a page of ours; or what waits in the session for her."""
    going, waiting = local_address(address), session.pop("going", None)
    if going != HOME or waiting is None:
        return going
    try:
        known, hidden = orjson.loads(fields.decrypt(b64decode(waiting), fields.Purpose.PROTECTION))
    except (InvalidTag, LookupError, ValueError):  # of another key, or spoilt
        return HOME
    return local_address(hidden) if known in ("", str(whose)) else HOME


def local_address(address: str | None) -> str:
    """An address to go on to, if it is a page of ours; else the home page.

    Browsers and werkzeug drop tabs and line ends and read a backslash as a slash, so that `/<tab>/elsewhere` is another
    site: whatever they could read in two ways is refused, as it stands and decoded.
    """
    if not address or not ADDRESS.fullmatch(address):
        return HOME
    try:
        parts = urlsplit(iri_to_uri(address))
        path = unicodedata.normalize("NFKC", _decoded(parts.path))
    except ValueError:  # half a surrogate, a bracket that never closes
        return HOME
    if parts.scheme or parts.netloc or not PATH.fullmatch(path) or ".." in path.split("/"):
        return HOME
    return address


def _decoded(text: str) -> str:
    """A text without percent signs that still stand for something, however often it was encoded."""
    while (plainer := unquote(text, errors="strict")) != text:
        text = plainer
    return text


def _remember_whose(token: str | None) -> None:
    known = tokens.holder(token) if token else None
    if known is not None:
        session["was"] = str(known)


def _of_this_door(token: tokens.Token) -> tokens.Token:
    """Refuse on pages, which are for people, what a program got for a key."""
    if token.officer.scopes is not None and not is_api():
        raise TokenRefused
    return token


def _presented() -> str:
    if is_api():
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated
        return token.strip()
    carried = session.get("token")
    if not carried:
        raise Unauthenticated
    return str(carried)
