"""How a request reached the deployment: under which name, over what, sent by which page, and who may count."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from shared.kernel import settings as kernel
from shared.kernel.settings import load
from shared.web.factory import create_app
from tests.browsing import Browser, an_officer

NASTY = ["plain", "it's", "a@b:c/d", "100%", "$HOME", "white space", "#hash", 'quo"te\\', "päss🔑"]


@pytest.fixture
def setting(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Sets variables and reads them."""

    def given(**variables: str) -> kernel.Settings:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return load()

    yield given
    monkeypatch.undo()
    load()


@pytest.mark.parametrize(
    ("hosts", "asked", "status"),
    [
        ("", "localhost", 200),
        ("", "127.0.0.1:8000", 200),
        ("", "[::1]:8000", 200),
        ("", "evil.example", 400),
        ("kail.kukar.go.id", "kail.kukar.go.id", 200),
        ("kail.kukar.go.id", "KAIL.kukar.go.id:443", 200),
        ("kail.kukar.go.id", "127.0.0.1", 200),
        ("kail.kukar.go.id", "kail.kukar.go.id.evil.example", 400),
        ("kail.kukar.go.id", "xkail.kukar.go.id", 400),
        (".kukar.go.id", "kail.kukar.go.id", 200),
        ("a.example, b.example", "b.example", 200),
        ("*", "evil.example", 200),
    ],
)
def test_only_the_deployments_own_names_are_answered(setting: Any, hosts: str, asked: str, status: int) -> None:
    setting(KAIL_HOSTS=hosts)
    client = create_app("grants").test_client()
    for address in ("/grants/v1/openapi.json", "/grants/health", "/static/mark.svg"):
        with client.get(address, headers={"Host": asked}) as answer:
            assert answer.status_code == status, address


def test_where_the_deployment_is_https_every_request_counts_as_such(setting: Any, app: Flask) -> None:
    setting(KAIL_HTTPS="1", KAIL_PROXIES="1", KAIL_HOSTS="kail.example")
    client = create_app("grants").test_client()
    for scheme in ("http", "https"):
        told = {"X-Forwarded-Proto": scheme, "X-Forwarded-For": "192.0.2.1", "Host": "kail.example"}
        with client.get("/grants/v1/openapi.json", headers=told) as answer:
            assert "Strict-Transport-Security" in answer.headers


def test_a_deployment_that_is_reached_by_plain_http_all_the_same_says_so(setting: Any, capsys: Any) -> None:
    setting(KAIL_HTTPS="1", KAIL_PROXIES="1", KAIL_HOSTS="kail.example")
    client = create_app("grants").test_client()

    def warned(**told: str) -> bool:
        with client.get("/grants/v1/openapi.json", headers={name.replace("_", "-"): told[name] for name in told}):
            return "reached-by-plain-http" in "".join(capsys.readouterr())

    assert not warned(Host="kail.example", X_Forwarded_Proto="https")
    assert not warned(Host="127.0.0.1:8000")  # the health check of the container itself
    assert warned(Host="kail.example", X_Forwarded_Proto="http")


@pytest.mark.parametrize(
    ("told", "secure", "accepted"),
    [
        ({}, False, True),
        ({}, True, False),
        ({"Sec-Fetch-Site": "same-origin"}, True, True),
        ({"Sec-Fetch-Site": "none"}, True, True),
        ({"Sec-Fetch-Site": "same-site"}, True, False),
        ({"Sec-Fetch-Site": "cross-site"}, False, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://localhost"}, True, False),
        ({"Origin": "https://localhost"}, True, True),
        ({"Origin": "http://localhost"}, True, False),
        ({"Origin": "https://evil.example"}, True, False),
        ({"Origin": "https://localhost.evil.example"}, True, False),
        ({"Origin": "null"}, True, True),
        ({"Referer": "https://localhost/intake/dinsos/notes"}, True, True),
        ({"Referer": "https://evil.example/https://localhost/"}, True, False),
        ({"Referer": "http://localhost/"}, True, False),
    ],
)
def test_a_form_of_another_origin_is_refused_even_with_the_token(
    app: Flask, told: dict[str, str], secure: bool, accepted: bool
) -> None:
    base = "https://localhost" if secure else "http://localhost"
    browser = Browser(app, an_officer())
    answer = browser.submit("/intake/dinsos/notes", {"words": "sent"}, headers=told, base_url=base)
    assert answer.status_code == (303 if accepted else 400)


@pytest.mark.parametrize(
    ("token", "address", "told", "status"),
    [
        ("", "127.0.0.1", {}, 200),
        ("", "::1", {}, 200),
        ("", "10.0.0.7", {}, 403),
        ("", "127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, 403),
        ("", "127.0.0.1", {"Forwarded": "for=192.0.2.7"}, 403),
        ("s3cret", "127.0.0.1", {}, 403),
        ("s3cret", "10.0.0.7", {"Authorization": "Bearer wrong"}, 403),
        ("s3cret", "10.0.0.7", {"Authorization": "Bearer s3cret"}, 200),
        ("s3cret", "10.0.0.7", {"Authorization": "Bearer  s3crét"}, 403),
    ],
)
def test_the_figures_are_for_this_machine_or_whoever_has_the_token(
    setting: Any, token: str, address: str, told: dict[str, str], status: int
) -> None:
    setting(KAIL_METRICS_TOKEN=token)
    client = create_app("grants").test_client()
    answer = client.get("/grants/metrics", headers=told, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status


@pytest.mark.parametrize("password", NASTY)
@pytest.mark.parametrize("by_file", [False, True])
def test_a_password_of_any_characters_reaches_the_servers_as_it_is(
    setting: Any, tmp_path: Path, password: str, by_file: bool
) -> None:
    """Read back by the very libraries that connect with these addresses."""
    from psycopg.conninfo import conninfo_to_dict
    from redis.connection import parse_url
    from sqlalchemy import make_url

    from shared.storage import Database

    (tmp_path / "password").write_text(password + "\n", encoding="utf-8")
    name, value = ("_FILE", str(tmp_path / "password")) if by_file else ("", password)
    known = setting(
        DATABASE_URL_GRANTS="postgresql://kail_grants@postgresql:5432/kail_grants",
        REDIS_URL="redis://grants@redis:6379/0",
        **{f"DATABASE_PASSWORD_GRANTS{name}": value, f"REDIS_PASSWORD{name}": value},
    )
    url = make_url(known.database_url("grants"))
    assert (url.username, url.password, url.host, url.database) == (
        "kail_grants", password, "postgresql", "kail_grants",
    )  # fmt: skip
    dsn = conninfo_to_dict(Database("grants", known.database_url("grants")).dsn)
    assert (dsn["user"], dsn["password"], dsn["host"]) == ("kail_grants", password, "postgresql")
    broker = parse_url(known.redis_url)
    assert (broker["username"], broker["password"], broker["host"]) == ("grants", password, "redis")
    assert password == "plain" or password not in repr(known)
