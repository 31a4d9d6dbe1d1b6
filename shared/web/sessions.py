"""Who is asking: a bearer token on the API, a signed cookie that carries the same kind of token on the pages.

The four services share the cookie. A page's token is renewed by intake while its holder is active: a service sends her
there and straight back, so that only intake issues tokens and a closed account ends within one token's life.
"""

import re
import time
import unicodedata
from urllib.parse import unquote, urlencode, urlsplit
from uuid import UUID

from flask import Flask, g, redirect, request, session
from flask.sessions import SecureCookieSessionInterface
from werkzeug.urls import iri_to_uri
from werkzeug.wrappers import Response

from shared.identity import tokens
from shared.identity.officer import Officer
from shared.identity.rules import TokenRefused
from shared.kernel.errors import Unauthenticated

COOKIE = "kail"
RENEW_AFTER = 5 * 60
"""Seconds after which an active officer's token is renewed."""
LONGEST = 12 * 60 * 60
"""Seconds after which she has to sign in again, however active she is."""
RENEWAL = "/intake/renew"
HOME = "/"
ADDRESS = re.compile(r"/(?!/)[^\x00-\x20\x7f-\xa0\\]{0,4000}")
"""An address on this origin without blanks, control characters and backslashes; more is asked of its path."""
PATH = re.compile(r"/(?!/)(?:[^\x00-\x1f\x7f-\x9f\\/]|/(?!/))*")
"""A path, decoded: no control character, no backslash, no two slashes beside each other."""


class SharedCookie(SecureCookieSessionInterface):
    """The session cookie; it is marked Secure whenever the request came over HTTPS."""

    def get_cookie_secure(self, app: Flask) -> bool:
        """Whether the browser may send it over HTTPS only."""
        return request.is_secure


def is_api() -> bool:
    """Whether the request is for the API (`/<service>/v1/...`) rather than for a page."""
    return request.path.split("/", 3)[2:3] == ["v1"]


def current_token() -> tokens.Token:
    """The verified token of this request; raises Unauthenticated."""
    if "token" not in g:
        try:
            g.token = tokens.read(_presented())
        except TokenRefused:
            if not is_api():
                _remember_whose(session.pop("token", None))
            raise
    token: tokens.Token = g.token
    return token


def current_officer() -> Officer:
    """The officer who is asking; raises Unauthenticated."""
    return current_token().officer


def officer_or_none() -> Officer | None:
    """The officer who is asking, if anybody has signed in."""
    try:
        return current_officer()
    except Unauthenticated:
        return None


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
    g.pop("token", None)


def hold_to_longest(token: tokens.Token) -> None:
    """Raise TokenRefused when its holder signed in too long ago for it to be renewed."""
    if time.time() - token.signed_in_at > LONGEST:
        raise TokenRefused


def renew(token: str) -> None:
    """Let this browser carry a fresh token and go on as it was."""
    session["token"] = token
    g.pop("token", None)


def sign_out() -> None:
    """Forget who this browser belongs to."""
    session.clear()
    g.pop("token", None)


def renew_when_due() -> Response | None:
    """Send an active officer past intake for a fresh token; what pages fetch by themselves is not activity."""
    if request.method != "GET" or is_api() or "HX-Request" in request.headers or request.path == RENEWAL:
        return None
    if "token" not in g or time.time() - g.token.issued_at < RENEW_AFTER:
        return None
    return redirect(f"{RENEWAL}?{urlencode({'next': here()})}", 303)


def here() -> str:
    """The address of this page on this origin, with its query."""
    return request.full_path if request.query_string else request.path


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
