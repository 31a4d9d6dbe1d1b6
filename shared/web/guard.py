"""Every route names the permission that it asks for, and one place holds everybody to it before anything else happens.

Who holds a permission is said by the table of `identity.permissions`. `@guard` and `@public` only mark a view; the mark
is enforced before the request is dispatched, so the order of decorators does not matter, and the app refuses to start
with a view that has no mark.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, request

from shared.identity.officer import Officer
from shared.identity.permissions import Permission, Scope
from shared.identity.rules import OtherOffice
from shared.kernel.errors import Forbidden
from shared.web import access, sessions

View = TypeVar("View", bound=Callable[..., Any])
MARK = "kail_guard"
UNRECORDED = "kail_unrecorded"
SHOWN_ONCE = "kail_shown_once"
READING = frozenset({"GET", "HEAD", "OPTIONS"})


class UnguardedRoutes(RuntimeError):
    """A view carries neither `@guard` nor `@public`."""


@dataclass(frozen=True)
class Guard:
    """Who may use a view: officers who hold this permission, or everybody."""

    permission: Permission | None = None
    public_because: str | None = None


def guard(permission: Permission) -> Callable[[View], View]:
    """Admit officers who hold this permission; an `<agency>` in the address must be their own agency.

    Whoever holds it for what every agency does may look at the others' addresses, too.
    """
    if not isinstance(permission, Permission):  # a role, a string: nothing that the table knows
        raise TypeError(f"{permission!r} is no permission")

    def mark(view: View) -> View:
        setattr(view, MARK, Guard(permission))
        return view

    return mark


def public(why: str) -> Callable[[View], View]:
    """Admit everybody, and say why that is right."""

    def mark(view: View) -> View:
        setattr(view, MARK, Guard(public_because=why))
        return view

    return mark


def unrecorded(view: View) -> View:
    """Let a view leave no trace outside its own tables: no request log, no figure, no answer kept for a
    repetition, no note that its officer has come by.

    A log that says "201" or a counter that moves would tell that something was opened, and when.
    """
    setattr(view, UNRECORDED, True)
    return view


def shown_once(view: View) -> View:
    """Let no answer of a view be kept for a repetition: it holds a secret that is kept as a hash only."""
    setattr(view, SHOWN_ONCE, True)
    return view


def is_unrecorded() -> bool:
    """Whether this request is one that leaves no trace; so is a wrong address among theirs, which may name one."""
    if not request.endpoint:
        return sessions.is_hidden(request.path)
    return _is_marked(UNRECORDED)


def is_shown_once() -> bool:
    """Whether the answer to this request is kept nowhere."""
    return _is_marked(SHOWN_ONCE)


def _is_marked(mark: str) -> bool:
    endpoint = request.endpoint
    return endpoint is not None and getattr(_handler(current_app, endpoint, request.method), mark, False)


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
    mark: Guard | None = getattr(_handler(current_app, request.endpoint, request.method), MARK, None)
    if mark is None:  # no app starts with such a view; were there one, it would be closed
        raise Forbidden
    if mark.permission is not None:
        admit(sessions.current_officer(), mark.permission, (request.view_args or {}).get("agency"), request.method)


def admit(officer: Officer, permission: Permission, agency: str | None, method: str) -> None:
    """Let an officer use a view at an agency's address, or raise Forbidden."""
    held = access.require(officer, permission)
    may_look = method in READING and any(right.scope is Scope.EVERY_AGENCY for right in held)
    if agency is not None and agency != officer.agency and not may_look:
        raise OtherOffice


def is_guarded() -> bool:
    """Whether this request was let in as an officer's."""
    mark = guard_of(current_app, request.endpoint, request.method) if request.endpoint else None
    return mark is not None and mark.public_because is None
