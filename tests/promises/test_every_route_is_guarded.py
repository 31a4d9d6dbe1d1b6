"""Every route of every service turns away whoever may not use it: asked for real, not only read."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, BaseConverter

from shared.identity.rules import STAFF, Role
from shared.kernel.ids import new_id
from shared.kernel.settings import SERVICES
from shared.storage import Database
from shared.web import guard, posting
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer

pytestmark = pytest.mark.slow

SAMPLES: dict[str, Any] = {"UUIDConverter": new_id(), "IntegerConverter": 1}
OPEN = {
    "assets.static_file",
    "openapi",
    "operations.health",
    "operations.metrics",
    "front.home",
    "signin.choose_language",
    "signin.renew",
    "signin.sign_in",
    "signin.sign_in_form",
    "signin.sign_out",
    "tokens.issue_token",
    "welcome.begin",
    "welcome_pages.begin",
    "welcome_pages.welcome_form",
}
"""All that anybody may ask; a route joins them only by being written here, too."""


@pytest.fixture(params=SERVICES)
def app(request: pytest.FixtureRequest, databases: dict[str, Database]) -> Flask:
    """The web app of one service."""
    made: Flask = web_app(request.param, databases[request.param])
    made.testing = True
    return made


def sample(kind: BaseConverter) -> Any:
    """Something that a part of an address may be."""
    return min(kind.items) if isinstance(kind, AnyConverter) else SAMPLES.get(type(kind).__name__, "x")


def routes(app: Flask, agency: str = "dinsos") -> Iterator[tuple[str, str, str, guard.Guard]]:
    """Every (address, method, endpoint, guard) with something filled in for what varies."""
    for rule in app.url_map.iter_rules():
        filled = {name: sample(kind) for name, kind in rule._converters.items()}
        if "agency" in filled:
            filled["agency"] = agency
        address = rule.build(filled)[1]  # type: ignore[index]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            mark = guard.guard_of(app, rule.endpoint, method)
            assert mark is not None, f"{method} {rule.rule} has no guard"
            yield address, method, rule.endpoint, mark


def test_only_the_routes_listed_here_are_open(app: Flask) -> None:
    assert {endpoint for _, _, endpoint, mark in routes(app) if mark.public_because} <= OPEN


def test_nobody_gets_in_without_signing_in(app: Flask) -> None:
    for address, method, _, mark in routes(app):
        if mark.public_because:
            continue
        answer = app.test_client().open(address, method=method)
        assert answer.status_code in (303, 401), f"{method} {address}"
        if answer.status_code == 303:
            assert answer.location.startswith("/intake/signin"), f"{method} {address}"


def ask(app: Flask, address: str, method: str, *roles: Role) -> int:
    """What an officer of Dinas Sosial with these roles is answered."""
    officer = an_officer(*roles)
    if "/v1/" in address:
        return app.test_client().open(address, method=method, headers=bearer(officer)).status_code
    page = Browser(app, officer)
    return page.get(address).status_code if method == "GET" else page.submit(address, method=method).status_code


def test_no_role_gets_in_that_a_route_does_not_name(app: Flask) -> None:
    for address, method, _, mark in routes(app):
        if mark.public_because:
            continue
        for role in set(Role) - (mark.roles or STAFF):
            assert ask(app, address, method, role) == 403, f"{role} on {method} {address}"


def test_whoever_may_send_a_form_may_see_the_page_that_is_shown_again(app: Flask) -> None:
    sent_from = {}
    for _, method, endpoint, mark in routes(app):
        page = posting.page_of(app.view_functions[endpoint])
        seen_by: guard.Guard | None = getattr(page, guard.MARK, None)
        if seen_by is not None:
            sent_from[f"{method} {endpoint}"] = (mark.roles or STAFF) - (seen_by.roles or STAFF)
    assert sent_from
    assert not {form: roles for form, roles in sent_from.items() if roles}


def test_nobody_changes_anything_at_another_agencys_address(app: Flask) -> None:
    for address, method, _, mark in routes(app, agency="baznas"):
        if mark.public_because or "/baznas/" not in f"{address}/":
            continue
        for role in mark.roles or STAFF:
            looks = method == "GET" and role in (Role.COORDINATOR, Role.AUDITOR)
            if not looks:
                assert ask(app, address, method, role) == 403, f"{role} on {method} {address}"
