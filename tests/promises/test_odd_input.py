"""No odd value, wherever a route of any service takes one, is an error of ours."""

import json
import re
import sys
import traceback
from collections.abc import Iterator
from importlib import import_module
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from marshmallow import Schema
from marshmallow import fields as bare
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from shared.identity import offices
from shared.identity.rules import Role
from shared.kernel import fields, storable
from shared.kernel.ids import new_id
from shared.kernel.settings import SERVICES
from shared.kernel.storable import DEEPEST
from shared.storage import Database
from tests import odd
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer

HELD = {
    bare.Integer: fields.Integer, bare.Float: fields.Float, bare.Date: fields.Date, bare.UUID: fields.UUID,
    bare.AwareDateTime: fields.AwareDateTime, bare.DateTime: (fields.DateTime, fields.AwareDateTime),
    bare.Decimal: (), bare.Time: (), bare.TimeDelta: (), bare.NaiveDateTime: (),
}  # fmt: skip
"""Kinds of field that let through what no column can keep, and ours that do not."""
PARTS = {"UUIDConverter": new_id(), "Number": 1}
NO_PAGES = ("assets.static_file", "operations.begin_at_the_start", "operations.health", "operations.metrics", "openapi")
AMONG_OURSELVES = ("shared.events.", "shared.bus.")
"""What the services tell each other is signed, and was checked when it came in."""


@pytest.fixture(params=SERVICES)
def app(request: pytest.FixtureRequest, databases: dict[str, Database]) -> Flask:
    """The web app of one service."""
    return web_app(request.param, databases[request.param])


class Asking:
    """Asks an app what its description offers, as whoever is let in, and keeps what went wrong."""

    def __init__(self, app: Flask) -> None:
        self.app, self.client = app, app.test_client()
        self.description = odd.Description(self.client.get(f"/{app.name}/v1/openapi.json").get_json())
        first = {each.agency: each for each in reversed(offices.all_offices().values())}
        self.officers = {agency: an_officer(*Role, office=first[agency].id) for agency in sorted(first)}
        self.wrong: dict[str, str] = {}
        self.asked = 0

    def operations(self) -> Iterator["Operation"]:
        """Every operation, asked as somebody whom it lets in."""
        for method, address, said in self.description.operations():
            for shape in self.description.bodies(said) or [None]:
                operation = Operation(self, method, address, said, shape)
                for operation.agency in self.officers:
                    if (answer := operation.ask({})) is None or answer.status_code not in (401, 403):
                        break
                yield operation

    def note(self, what: str, how: str) -> None:
        """Keep the first thing that went wrong in each way."""
        self.wrong.setdefault(how, what)


class Operation:
    """One operation of an API with something that fits in every place."""

    def __init__(self, asking: Asking, method: str, address: str, said: dict[str, Any], shape: Any) -> None:
        self.asking, self.method, self.address, self.agency = asking, method, address, "dinsos"
        self.path = {each["name"]: each["schema"] for each in said["parameters"] if each["in"] == "path"}
        self.query = {each["name"]: each["schema"] for each in said["parameters"] if each["in"] == "query"}
        self.body = None if shape is None else asking.description.sample(shape)

    def places(self) -> Iterator[tuple[str, Any, Any]]:
        """Every place as (where, its name or path, what is usual there)."""
        sample = self.asking.description.sample
        for name in self.query:
            yield "query", name, sample(self.query[name])
        for name in self.path:
            yield "path", name, sample(self.path[name])
        if self.method != "GET":
            yield "header", "Idempotency-Key", "a"
        if self.body is not None:
            for path in odd.places(self.body):
                yield "body", path, odd.at(self.body, path)

    def ask(self, changed: dict[tuple[str, Any], Any]) -> TestResponse | None:
        """What is answered with odd values in some places; None where the app failed."""
        sample, asking = self.asking.description.sample, self.asking
        parts = {
            name: str(changed.get(("path", name), self.agency if name == "agency" else sample(shape)))
            for name, shape in self.path.items()
        }
        query = {name: _text(value) for (where, name), value in changed.items() if where == "query"}
        headers = {name: _text(value, "latin-1") for (where, name), value in changed.items() if where == "header"}
        body = self.body
        for (where, path), value in changed.items():
            if where == "body":
                body = odd.put(body, path, value)
        text = changed.get(("raw", ""), json.dumps(body) if self.body is not None else None)
        asking.asked += 1
        address = self.address
        for name, value in parts.items():
            address = address.replace(f"{{{name}}}", quote(value, safe="", errors="replace"))
        what = f"{self.method} {self.address} with {str(changed)[:200]}"
        try:
            with capture_logs() as said:
                answer = asking.client.open(
                    address,
                    method=self.method,
                    query_string=query,
                    data=text,
                    content_type="application/json",
                    headers={**bearer(asking.officers[self.agency]), **headers},
                )
        except Exception as failed:  # noqa: BLE001 (whatever it is, it is what we look for)
            asking.note(what, f"{type(failed).__name__} {_where(failed)}")
            return None
        if answer.status_code >= 500:
            asking.note(what, f"{answer.status_code} {self.method} {self.address}")
        for each in said:
            if each["event"] == "refused-by-database":
                asking.note(what, f"{each['event']} {each.get('at', [self.address])[-40:]}")
        return answer


def _text(value: Any, encoding: str = "utf-8") -> str:
    """An odd value as an address or a header can carry it."""
    return str(value).encode(encoding, "replace").decode(encoding)


def _where(failed: BaseException) -> str:
    """The last line of ours that an error came from."""
    lines = traceback.extract_tb(failed.__traceback__)
    own = [each for each in lines if "/shared/" in each.filename or "/services/" in each.filename]
    return f"{own[-1].filename}:{own[-1].lineno}" if own else ""


def sweep(app: Flask, values_of_a_place: int, places_of_an_operation: int | None = None) -> dict[str, str]:
    """Try so many values in so many places of each operation, others each time; what went wrong, and where."""
    asking, turn = Asking(app), 0
    for operation in asking.operations():
        places = list(operation.places())
        for at in range(min(len(places), places_of_an_operation or len(places))):
            where, name, usual = places[at if places_of_an_operation is None else (turn + at * 7) % len(places)]
            values = odd.odd_values(usual)
            for _ in range(min(values_of_a_place, len(values))):
                operation.ask({(where, name): values[turn % len(values)]})
                turn += 1
        if operation.body is not None:
            operation.ask({("raw", ""): odd.RAW[turn % len(odd.RAW)]})
    return asking.wrong


def test_no_odd_value_is_an_error_of_ours(app: Flask) -> None:
    assert sweep(app, 1, 1) == {}


@pytest.mark.slow
def test_no_odd_value_in_any_place_is_an_error_of_ours(app: Flask) -> None:
    assert sweep(app, 4) == {}


LEVELS = (DEEPEST - 1, DEEPEST, DEEPEST + 1, sys.getrecursionlimit() - 10, sys.getrecursionlimit(), 20_000, 200_000)
"""The deepest that is taken, one more, and around and far beyond what a reader of JSON itself stands."""


@pytest.mark.parametrize("levels", LEVELS)
@pytest.mark.parametrize(("opens", "closes"), [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]"), ("[", "")])
def test_a_body_that_is_nested_too_deep_is_refused_at_whatever_depth(opens: str, closes: str, levels: int) -> None:
    several = opens.count("[") + opens.count("{")
    body = opens * (levels // several) + "1" + closes * (levels // several)
    if levels // several * several <= DEEPEST and closes:
        assert storable.loads(body)
    else:
        with pytest.raises(storable.NotJson):
            storable.loads(body)


@pytest.mark.parametrize("levels", LEVELS)
def test_a_request_that_is_nested_too_deep_is_answered_with_400_and_a_sentence(
    levels: int, databases: dict[str, Database]
) -> None:
    answer = (
        web_app("intake", databases["intake"])
        .test_client()
        .post(
            "/intake/v1/tokens",
            data='{"username":' + "[" * (levels - 1) + "]" * (levels - 1) + "}",
            content_type="application/json",
        )
    )
    assert answer.status_code == (422 if levels <= DEEPEST else 400)
    assert answer.json["detail"]


class Opening:
    """Opens an app's pages and sends their forms, as whoever is let in, and keeps what went wrong."""

    def __init__(self, app: Flask) -> None:
        first = {each.agency: each for each in reversed(offices.all_offices().values())}
        self.browsers = {agency: Browser(app, an_officer(*Role, office=first[agency].id)) for agency in sorted(first)}
        self.app = app
        self.wrong: dict[str, str] = {}

    def pages(self) -> Iterator[tuple[str, str, dict[str, str], dict[str, str]]]:
        """Every page and form: its rule, method, what stands in its address and what it reads."""
        for rule in self.app.url_map.iter_rules():
            if "/v1/" not in rule.rule and rule.endpoint not in NO_PAGES:
                parts = {name: str(PARTS.get(type(kind).__name__, "x")) for name, kind in rule._converters.items()}
                for method in sorted({"GET", "POST"} & (rule.methods or set())):
                    yield rule.rule, method, parts, odd.fields_of(self.app.view_functions[rule.endpoint])

    def whoever_is_let_in(self, rule: str, method: str, parts: dict[str, str]) -> str:
        """The agency of somebody who may use a page."""
        for agency in self.browsers:
            if self.status(agency, rule, method, {**parts, "agency": agency}, {}) not in (401, 403):
                return agency
        return "dinsos"

    def status(self, agency: str, rule: str, method: str, parts: dict[str, str], form: dict[str, str]) -> int:
        """What is answered; 500 where the app failed."""
        address = re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda found: quote(parts[found[1]], safe=""), rule)
        browser = self.browsers[agency]
        try:
            if method == "GET":
                return self.over(browser.get(address, query_string=form))
            return self.over(browser.submit(address, form))
        except Exception as failed:  # noqa: BLE001 (whatever it is, it is what we look for)
            self.wrong.setdefault(f"{type(failed).__name__} {_where(failed)}", f"{method} {rule} {str(form)[:300]}")
            return 500

    @staticmethod
    def over(answer: TestResponse) -> int:
        """The status of an answer that is let go, so that a stream ends."""
        answer.close()
        return answer.status_code


def open_pages(app: Flask, values_of_a_field: int, fields_of_a_page: int | None = None) -> dict[str, str]:
    """Write odd values into the fields of each page, others each time; what went wrong, and where."""
    opening, turn = Opening(app), 0
    for rule, method, parts, form in opening.pages():
        agency = opening.whoever_is_let_in(rule, method, parts)
        places = [("path", name) for name in parts if name != "agency"] + [("form", name) for name in form]
        for where, name in places[turn % (len(places) or 1) :][:fields_of_a_page]:
            for _ in range(values_of_a_field):
                value = odd.WRITTEN[turn % len(odd.WRITTEN)]
                turn += 1
                filled = {**parts, "agency": agency}, dict(form)
                filled[where == "form"][name] = value
                status = opening.status(agency, rule, method, *filled)
                if status >= 500:
                    opening.wrong.setdefault(f"{status} {method} {rule}", f"{name}: {value[:50]!r}")
    return opening.wrong


def test_no_odd_value_on_a_page_is_an_error_of_ours(app: Flask) -> None:
    assert open_pages(app, 1, 1) == {}


@pytest.mark.slow
def test_no_odd_value_in_any_field_of_a_page_is_an_error_of_ours(app: Flask) -> None:
    assert open_pages(app, 3) == {}


def schemas(kind: type[Schema] = Schema) -> Iterator[type[Schema]]:
    """Every schema of ours."""
    for each in kind.__subclasses__():
        if each.__module__.startswith(("services.", "shared.")) and not each.__module__.startswith(AMONG_OURSELVES):
            yield each
        yield from schemas(each)


def inside(field: bare.Field[Any]) -> Iterator[bare.Field[Any]]:
    """A field and those that it is made of."""
    yield field
    if isinstance(field, bare.List):
        yield from inside(field.inner)
    if isinstance(field, bare.Mapping):
        for each in (field.key_field, field.value_field):
            yield from inside(each) if each else ()


def test_every_field_of_every_schema_is_one_that_holds_to_what_can_be_kept() -> None:
    for service in SERVICES:
        import_module(f"services.{service}.app")
    found = list(schemas())
    assert len(found) > 300
    slip_past = {
        f"{schema.__module__}.{schema.__name__}.{name}: {type(each).__name__}"
        for schema in found
        for name, field in schema._declared_fields.items()
        for each in inside(field)
        for kind, held in HELD.items()
        if isinstance(each, kind) and not isinstance(each, held)
    }
    assert slip_past == set()
