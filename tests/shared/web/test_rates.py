"""Nobody asks too often, and Redis neither knows who asks nor keeps anybody waiting."""

import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import flask
import pytest
import redis
from flask import Flask
from limits.storage import RedisStorage

from shared.identity.permissions import Permission
from shared.kernel.settings import load, settings
from shared.storage import Database
from shared.web import rates
from shared.web.api import Blueprint
from shared.web.factory import create_app
from shared.web.guard import guard, public, unrecorded
from shared.web.rates import Rate, UnknownRate, costly, limits_of, searching
from tests import servers
from tests.browsing import Browser, an_officer, bearer

TIGHT = "read=2/minute, write=2/minute, search=2/minute, heavy=2/minute, public=2/minute, sign-in=2/minute"
ONE = "/intake/v1/dinsos"
on_redis = pytest.mark.skipif(bool(servers.BROKER), reason="counts on a Redis of its own")


@pytest.fixture
def setting(home: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Sets variables and reads them."""

    def given(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        load()

    yield given
    monkeypatch.undo()
    load()


def app_of(base: Database) -> Flask:
    """An app with a route of each kind."""
    kinds, pages = Blueprint("kinds", "kinds", description="x"), flask.Blueprint("pages", "pages")

    @kinds.get("/<agency>/read")
    @guard(Permission.ACCOUNT_OWN)
    @kinds.response(204)
    def read(agency: str) -> None:
        return None

    @kinds.post("/<agency>/write")
    @guard(Permission.ACCOUNT_OWN)
    @kinds.response(204)
    def write(agency: str) -> None:
        return None

    @kinds.post("/<agency>/search")
    @guard(Permission.ACCOUNT_OWN)
    @kinds.response(204)
    @searching
    def search(agency: str) -> None:
        return None

    @kinds.get("/<agency>/heavy")
    @guard(Permission.ACCOUNT_OWN)
    @kinds.response(204)
    @costly
    def heavy(agency: str) -> None:
        return None

    @kinds.get("/<agency>/hidden")
    @guard(Permission.ACCOUNT_OWN)
    @kinds.response(204)
    @unrecorded
    def hidden(agency: str) -> None:
        return None

    @kinds.post("/open")
    @public("a test's")
    @kinds.response(204)
    def sign_in() -> None:
        return None

    @pages.get("/<agency>/page")
    @guard(Permission.ACCOUNT_OWN)
    def page(agency: str) -> str:
        return "page"

    made = create_app("intake", blueprints=[kinds], pages=[pages], database=base)
    made.testing = True
    return made


@pytest.fixture
def app(setting: Any, intake_db: Database) -> Iterator[Flask]:
    setting(KAIL_LIMITS=TIGHT)
    _empty()
    yield app_of(intake_db)
    _empty()


def _empty() -> None:
    with redis.Redis.from_url(settings().redis_url) as broker:
        for key in broker.keys("intake.limits*"):
            broker.delete(key)


KINDS = [("get", "read"), ("post", "write"), ("post", "search"), ("get", "heavy"), ("get", "hidden")]


@on_redis
@pytest.mark.parametrize(("method", "kind"), KINDS)
def test_an_officer_who_asks_too_often_is_told_when_to_come_again(app: Flask, method: str, kind: str) -> None:
    client, hers, others = app.test_client(), bearer(an_officer()), bearer(an_officer())
    answers = [getattr(client, method)(f"{ONE}/{kind}", headers=hers) for _ in range(3)]
    assert [each.status_code for each in answers] == [204, 204, 429]
    refused = answers[-1]
    assert refused.mimetype == "application/problem+json"
    assert refused.json["code"] == "too-many-requests"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert getattr(client, method)(f"{ONE}/{kind}", headers=others).status_code == 204


@on_redis
def test_a_program_with_a_key_of_hers_does_not_use_up_what_is_hers(app: Flask) -> None:
    her = an_officer()
    program, client = bearer(replace(her, scopes=frozenset({"registry.read"}))), app.test_client()
    assert [client.get(f"{ONE}/read", headers=program).status_code for _ in range(3)] == [403, 403, 429]
    assert client.get(f"{ONE}/read", headers=bearer(her)).status_code == 204


@on_redis
def test_each_kind_is_counted_by_itself(app: Flask) -> None:
    client, hers = app.test_client(), bearer(an_officer())
    for method, kind in KINDS[:4]:
        for _ in range(2):
            assert getattr(client, method)(f"{ONE}/{kind}", headers=hers).status_code == 204


@on_redis
def test_a_page_says_so_too(app: Flask) -> None:
    page = Browser(app, an_officer())
    answers = [page.get("/intake/dinsos/page") for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert "Retry-After" in answers[-1].headers
    assert "try again in" in answers[-1].text


@on_redis
@pytest.mark.parametrize("address", ["/intake/v1/open", f"{ONE}/read", "/intake/nowhere"])
def test_whoever_has_not_signed_in_is_counted_by_her_address(app: Flask, address: str) -> None:
    client = app.test_client()
    ask = client.post if address.endswith("open") else client.get
    codes = [ask(address, environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code for _ in range(3)]
    assert codes[0] == codes[1] != codes[2] == 429
    assert ask(address, environ_base={"REMOTE_ADDR": "192.0.2.2"}).status_code == codes[0]


@on_redis
def test_who_signs_in_is_counted_by_her_address_although_somebody_is_in(app: Flask) -> None:
    client = app.test_client()
    codes = [client.post("/intake/v1/open", headers=bearer(an_officer())).status_code for _ in range(3)]
    assert codes == [204, 204, 429]


@on_redis
def test_health_files_and_figures_are_never_refused(app: Flask) -> None:
    client = app.test_client()
    for address in ("/intake/health", "/intake/metrics", "/static/mark.svg"):
        for _ in range(4):
            with client.get(address) as answer:
                assert answer.status_code == 200, address


@on_redis
def test_redis_knows_neither_officers_nor_addresses_and_only_the_services_own_keys(app: Flask) -> None:
    her = an_officer()
    with redis.Redis.from_url(settings().redis_url) as broker:
        before = set(broker.keys())
        app.test_client().get(f"{ONE}/read", headers=bearer(her))
        app.test_client().get("/intake/nowhere", environ_base={"REMOTE_ADDR": "192.0.2.77"})
        new = sorted(key.decode() for key in set(broker.keys()) - before)
    assert len(new) == 2
    for key in new:
        assert key.startswith("intake.limits")
        assert str(her.id) not in key
        assert her.id.hex not in key
        assert "192.0.2.77" not in key


@on_redis
def test_what_leaves_no_trace_leaves_none_in_redis(app: Flask) -> None:
    with redis.Redis.from_url(settings().redis_url) as broker:
        before = set(broker.keys())
        app.test_client().get(f"{ONE}/hidden", headers=bearer(an_officer()))
        assert set(broker.keys()) == before


@on_redis
def test_the_processes_of_a_service_count_together(app: Flask, intake_db: Database) -> None:
    hers, other = bearer(an_officer()), app_of(intake_db)
    for each in (app, other):
        assert each.test_client().get(f"{ONE}/read", headers=hers).status_code == 204
    assert app.test_client().get(f"{ONE}/read", headers=hers).status_code == 429


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "amqp://guest@127.0.0.1:1/x"])
def test_officers_work_on_and_are_still_counted_when_redis_is_away(setting: Any, intake_db: Database, url: str) -> None:
    setting(KAIL_LIMITS=TIGHT, REDIS_URL=url)
    client, hers = app_of(intake_db).test_client(), bearer(an_officer())
    assert [client.get(f"{ONE}/read", headers=hers).status_code for _ in range(3)] == [204, 204, 429]


def test_a_redis_that_hangs_is_asked_once_and_then_left_alone(
    setting: Any, intake_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "PAUSE", float("inf"))
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        setting(REDIS_URL=f"redis://127.0.0.1:{deaf.getsockname()[1]}/0")
        client, hers = app_of(intake_db).test_client(), bearer(an_officer())
        for _ in range(5):
            assert client.get(f"{ONE}/read", headers=hers).status_code == 204
        deaf.setblocking(False)
        deaf.accept()[0].close()
        with pytest.raises(BlockingIOError):
            deaf.accept()


@on_redis
def test_redis_is_asked_again_after_a_while(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    counting = app.extensions["kail"].counting
    counting._leave_alone("test")
    assert counting._in_redis() is None
    later = time.monotonic() + rates.PAUSE
    monkeypatch.setattr(rates.time, "monotonic", lambda: later)
    assert counting._in_redis() is not None


def test_redis_is_given_a_moment_and_no_second_chance() -> None:
    storage = rates.storage_of("redis://127.0.0.1:6379/0", "intake")
    assert isinstance(storage, RedisStorage)
    given = storage.storage.connection_pool.connection_kwargs
    assert given["socket_timeout"] == given["socket_connect_timeout"] == rates.PATIENCE <= 0.1
    assert given["retry"].get_retries() == 0


def test_limits_are_what_the_setting_says_and_else_the_usual_ones() -> None:
    usual, own = limits_of("", 1), limits_of("read = 7/hour", 1)
    assert {str(each): usual[each].amount for each in usual} == {
        "public": 1200,
        "sign-in": 300,
        "read": 1200,
        "write": 600,
        "search": 120,
        "heavy": 30,
    }
    assert (own[Rate.READ].amount, own[Rate.READ].get_expiry()) == (7, 3600)
    assert own[Rate.WRITE] == usual[Rate.WRITE]
    assert limits_of("off", 1) == {}
    assert limits_of("read=7/hour", 100)[Rate.READ].amount == 7
    assert limits_of("", 100)[Rate.HEAVY].amount == 3000


@pytest.mark.parametrize("said", ["reed=7/hour", "read", "read=often", "read=-1/hour"])
def test_a_limit_that_cannot_be_read_is_refused(said: str) -> None:
    with pytest.raises(UnknownRate):
        limits_of(said, 1)


def test_an_app_does_not_start_with_limits_that_cannot_be_read(setting: Any) -> None:
    setting(KAIL_LIMITS="reed=7/hour")
    with pytest.raises(UnknownRate, match="reed"):
        create_app("grants")
