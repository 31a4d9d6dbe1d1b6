"""Every route says who may use it, and one place holds everybody to it before anything else happens.

`@guard` and `@public` only mark a view; the mark is enforced before the request is dispatched, so the order of
decorators does not matter, and the app refuses to start with a view that has no mark.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, request

from shared.identity.rules import STAFF, OtherOffice, Role
from shared.web import sessions

View = TypeVar("View", bound=Callable[..., Any])
MARK = "kail_guard"
LARGEST = "kail_largest_request"
UNRECORDED = "kail_unrecorded"
READING = frozenset({"GET", "HEAD", "OPTIONS"})


class UnguardedRoutes(RuntimeError):
    """A view carries neither `@guard` nor `@public`."""


@dataclass(frozen=True)
class Guard:
    """Who may use a view: officers with one of these roles (any staff when none is named), or everybody."""

    roles: frozenset[Role] = frozenset()
    public_because: str | None = None


def guard(*roles: Role) -> Callable[[View], View]:
    """Admit officers who hold one of these roles; an `<agency>` in the address must be their own agency."""

    def mark(view: View) -> View:
        setattr(view, MARK, Guard(frozenset(roles)))
        return view

    return mark


def public(why: str) -> Callable[[View], View]:
    """Admit everybody, and say why that is right."""

    def mark(view: View) -> View:
        setattr(view, MARK, Guard(public_because=why))
        return view

    return mark


def accepts_up_to(size: int) -> Callable[[View], View]:
    """Let a view take requests of so many bytes, where the usual limit is too small (files)."""

    def mark(view: View) -> View:
        setattr(view, LARGEST, size)
        return view

    return mark


def unrecorded(view: View) -> View:
    """Let a view leave no trace outside its own tables: no request log, no figure, no answer kept for a
    repetition, no note that its officer has come by.

    A log that says "201" or a counter that moves would tell that something was opened, and when.
    """
    setattr(view, UNRECORDED, True)
    return view


def is_unrecorded() -> bool:
    """Whether this request is one that leaves no trace; so is a wrong address among theirs, which may name one."""
    if not request.endpoint:
        return sessions.is_hidden(request.path)
    return getattr(_handler(current_app, request.endpoint, request.method), UNRECORDED, False)


def guard_of(app: Flask, endpoint: str, method: str) -> Guard | None:
    """The mark of the view that answers this method at this endpoint."""
    return getattr(_handler(app, endpoint, method), MARK, None)


def view_of(app: Flask, endpoint: str, method: str) -> Callable[..., Any]:
    """The view that answers this method at this endpoint, with its marks."""
    return _handler(app, endpoint, method)


def _handler(app: Flask, endpoint: str, method: str) -> Callable[..., Any]:
    view = app.view_functions[endpoint]
    handlers = getattr(view, "view_class", None)
    if handlers is None:
        return view
    name = method.lower() if hasattr(handlers, method.lower()) else "get"
    found: Callable[..., Any] = getattr(handlers, name, view)
    return found


def routes(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Every (address, method, endpoint) of an app but the OPTIONS and HEAD that Flask adds."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            yield rule.rule, method, rule.endpoint


def hold_every_route(app: Flask) -> None:
    """Refuse an app that has a route without a mark; raises UnguardedRoutes."""
    missing = [f"{method} {rule}" for rule, method, endpoint in routes(app) if guard_of(app, endpoint, method) is None]
    if missing:
        raise UnguardedRoutes(f"neither @guard nor @public on: {', '.join(missing)}")
    app.extensions[sessions.HIDDEN] = _hidden_addresses(app)


def _hidden_addresses(app: Flask) -> re.Pattern[str]:
    """What the addresses of an agency's unrecorded views begin with, also of those that are misspelt further on."""
    parts = {
        (before, after.partition("/")[0])
        for rule, method, endpoint in routes(app)
        for before, agency, after in [rule.partition("<agency>/")]
        if agency and getattr(_handler(app, endpoint, method), UNRECORDED, False)
    }
    return re.compile(
        "|".join(f"{before}[^/]+/{name}(/|$)" for before, name in sorted(parts)) or r"(?!)", re.IGNORECASE
    )


def enforce() -> None:
    """Let the request through, or raise Unauthenticated or Forbidden; unknown addresses pass on to their 404."""
    if request.endpoint is None:
        return
    view = _handler(current_app, request.endpoint, request.method)
    request.max_content_length = getattr(view, LARGEST, request.max_content_length)
    mark: Guard | None = getattr(view, MARK, None)
    if mark is not None and mark.public_because:
        return
    officer = sessions.current_officer()
    officer.require(*((mark and mark.roles) or STAFF))
    agency = (request.view_args or {}).get("agency")
    may_look = officer.reads_everywhere and request.method in READING
    if agency is not None and agency != officer.agency and not may_look:
        raise OtherOffice


def is_guarded() -> bool:
    """Whether this request was let in as an officer's."""
    mark = guard_of(current_app, request.endpoint, request.method) if request.endpoint else None
    return mark is not None and mark.public_because is None
