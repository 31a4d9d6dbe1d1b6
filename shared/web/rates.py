"""How often one caller may ask, by what asking costs: reading, writing, searching, long work, signing in.

An officer is counted by herself, whoever has not signed in by her network address. The counts lie in Redis, so that a
service counts once for all of its processes; their keys are keyed hashes below the service's own name. A Redis that is
away, or hangs, costs a tenth of a second now and then, and each process counts for itself meanwhile: officers work on.
What leaves no trace is counted in memory alone. (Wrong passwords are another matter: they are counted in PostgreSQL.)
"""

import hmac
import math
import threading
import time
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from flask import Flask, current_app, request
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import FixedWindowRateLimiter
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from shared.kernel.errors import TooMany
from shared.kernel.logging import get_logger
from shared.kernel.settings import NoServer, settings
from shared.privacy.keys import keyring
from shared.web import guard, sessions

log = get_logger(__name__)
View = TypeVar("View", bound=Callable[..., Any])
MARK = "kail_rate"
PATIENCE = 0.1
"""Seconds that a request waits for Redis."""
PAUSE = 5.0
"""Seconds for which a Redis that did not answer is left alone."""
OFF = "off"


class Rate(StrEnum):
    """What a request costs, and with it how often it may come."""

    FREE = "free"  # what machines ask again and again, and what costs nothing
    PUBLIC = "public"  # looked at by whoever has not signed in
    SIGN_IN = "sign-in"  # sent by whoever has not signed in
    READ = "read"
    WRITE = "write"
    SEARCH = "search"  # one asks for many rows to find a few
    HEAVY = "heavy"  # it makes work for long


DEFAULTS = {
    Rate.PUBLIC: "1200/minute",
    Rate.SIGN_IN: "300/minute",
    Rate.READ: "1200/minute",
    Rate.WRITE: "600/minute",
    Rate.SEARCH: "120/minute",
    Rate.HEAVY: "30/minute",
}
"""How often, for each officer or address and service. Source: assumption; nobody works so fast by hand."""
DEMONSTRATION = 100
"""So many times as much, where a few made-up officers do the work of a city."""


class TooManyRequests(TooMany):
    """Too many requests at once; try again in {seconds} seconds."""

    indonesian = "Terlalu banyak permintaan sekaligus; coba lagi dalam {seconds} detik."


class UnknownRate(ValueError):
    """KAIL_LIMITS names a kind of request that there is not, or a limit that cannot be read."""


def costly(view: View) -> View:
    """Mark a view that makes work for long: files taken in, trials, everything that is held of somebody."""
    setattr(view, MARK, Rate.HEAVY)
    return view


def searching(view: View) -> View:
    """Mark a view that looks through many rows to find a few."""
    setattr(view, MARK, Rate.SEARCH)
    return view


def unlimited(view: View) -> View:
    """Mark a view that machines ask again and again, or that costs nothing."""
    setattr(view, MARK, Rate.FREE)
    return view


def rate_of(app: Flask, endpoint: str, method: str) -> Rate:
    """What a request to a view costs: as it is marked, else by whether it reads and whether one has signed in."""
    view = guard.view_of(app, endpoint, method)
    marked: Rate | None = getattr(view, MARK, None)
    if marked is not None:
        return marked
    reads = method in guard.READING
    mark = guard.guard_of(app, endpoint, method)
    if mark is None or mark.public_because:
        return Rate.PUBLIC if reads else Rate.SIGN_IN
    return Rate.READ if reads else Rate.WRITE


@lru_cache(maxsize=8)
def limits_of(said: str, times: int) -> dict[Rate, RateLimitItem]:
    """The limits that `KAIL_LIMITS` says (`read=600/minute, heavy=10/hour`, or `off`); raises UnknownRate."""
    if said.strip().lower() == OFF:
        return {}
    own = {}
    for each in filter(None, (part.strip() for part in said.split(","))):
        name, _, limit = each.partition("=")
        try:
            own[Rate(name.strip())] = parse(limit)
        except ValueError as wrong:
            raise UnknownRate(f"KAIL_LIMITS: {each!r}") from wrong
    usual = {rate: parse(limit) for rate, limit in DEFAULTS.items()}
    raised = {rate: type(each)(each.amount * times, each.multiples) for rate, each in usual.items()}
    return raised | own


class Counting:
    """The counts of one service: in Redis while it answers, else in this process."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._here = FixedWindowRateLimiter(MemoryStorage())
        self._shared: FixedWindowRateLimiter | None = None
        self._away_until = float("-inf")
        self._lock = threading.Lock()

    def wait(self, limit: RateLimitItem, key: str, *, here_only: bool) -> int | None:
        """Count a request; how many seconds until the next is welcome, where this one is too much."""
        if not here_only and (shared := self._in_redis()) is not None:
            try:
                return _wait(shared, limit, key)
            except (RedisError, OSError) as away:
                self._leave_alone(type(away).__name__)
        return _wait(self._here, limit, key)

    def _in_redis(self) -> FixedWindowRateLimiter | None:
        if time.monotonic() < self._away_until:
            return None
        with self._lock:
            if self._shared is None:
                try:
                    storage = storage_of(settings().redis_url, self._service)
                except NoServer:
                    storage = None
                if storage is None:
                    self._away_until = time.monotonic() + PAUSE
                    return None
                self._shared = FixedWindowRateLimiter(storage)
            return self._shared

    def _leave_alone(self, why: str) -> None:
        with self._lock:
            self._shared = None  # an embedded Redis may have another address when it is back
            self._away_until = time.monotonic() + PAUSE
        log.warning("limits-counted-here", service=self._service, error=why)


def storage_of(url: str, service: str) -> Storage | None:
    """Where a service counts at this broker; nothing where it is no Redis."""
    scheme = url.partition(":")[0]
    if scheme not in ("redis", "rediss", "valkey", "valkeys", "unix"):
        return None
    return RedisStorage(
        url.replace("valkeys", "rediss", 1).replace("valkey", "redis", 1) if scheme.startswith("valkey") else url,
        key_prefix=f"{service}.limits",
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 0),  # type: ignore[arg-type]  # handed on to redis-py
    )


def _wait(counting: FixedWindowRateLimiter, limit: RateLimitItem, key: str) -> int | None:
    if counting.hit(limit, key):
        return None
    return max(1, math.ceil(counting.get_window_stats(limit, key).reset_time - time.time()))


def hold() -> None:
    """Count this request with its caller; raises TooManyRequests when it is too much."""
    known = settings()
    limits = limits_of(known.limits, DEMONSTRATION if known.is_demonstration else 1)
    rate = rate_of(current_app, request.endpoint, request.method) if request.endpoint else Rate.READ
    if rate is Rate.FREE or not limits:
        return
    token = sessions.token_or_none()
    if token is None and rate not in (Rate.PUBLIC, Rate.SIGN_IN):
        rate = Rate.PUBLIC  # it will be refused; whoever knocks is counted all the same
    # Whoever signs in is counted by where she comes from, also in a browser where somebody is in already.
    who = request.remote_addr or "unknown"
    if token and rate is not Rate.SIGN_IN:  # a program with a key of hers does not use up what is hers
        who = f"{token.officer.id}{' by key' if token.officer.scopes is not None else ''}"
    counting: Counting = current_app.extensions["kail"].counting
    seconds = counting.wait(limits[rate], key_of(rate, who), here_only=guard.is_unrecorded())
    if seconds is not None:
        raise TooManyRequests(seconds=seconds)


def key_of(rate: Rate, who: str) -> str:
    """Under what a caller is counted: a keyed hash, so that Redis knows neither officers nor addresses."""
    key = hmac.digest(keyring().web_secret, b"rate-limits", "sha256")
    return hmac.digest(key, f"{rate}\0{who}".encode(), "sha256").hex()[:40]
