"""A page never leads to another site, however its address was written."""

import ast
from pathlib import Path

import flask
import pytest

from shared.kernel.settings import load
from shared.web import sessions
from shared.web.factory import create_app
from shared.web.guard import public

CODE = Path(sessions.__file__).parents[2]

ELSEWHERE = (
    "",
    None,
    "evil.example",
    "https://evil.example/",
    "https:evil.example",
    "https:/evil.example",
    "javascript:alert(1)",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "/\r\n/evil.example",
    "/\x00/evil.example",
    "/\x0b/evil.example",
    "/\x1f/evil.example",
    "/\x7f/evil.example",
    "/\x85/evil.example",
    "/\xa0/evil.example",
    "/ /evil.example",
    " //evil.example",
    "/%09/evil.example",
    "/%0a/evil.example",
    "/%0d/evil.example",
    "/%2509/evil.example",
    "/%2f/evil.example",
    "/%2fevil.example",
    "/%5cevil.example",
    "/%5Cevil.example",
    "/%255cevil.example",
    "/%25255cevil.example",
    "/intake//evil.example",
    "/intake/..//evil.example",
    "/../evil.example",
    "/%2e%2e/evil.example",
    "/\uff0fevil.example",
    "/\uff3cevil.example",
    "/\ud800",
    "/%ff",
    "/\\[",
    "/intake\nSet-Cookie: a=b",
    "/" + "a" * 4001,
    "/" + "%25" * 1_000_000,
)

OURS = (
    "/",
    "/intake/dinsos/journeys",
    "/grants/dinsos/referrals?after=x&tray=mine",
    "/intake/dinsos/persons?name=Siti%20Contoh&area=64.02",
    "/intake/dinsos/persons?note=a%0ab//c",
    "/intake/dinsos/persons?name=Né",
    "/monitoring/dinsos/journeys#stage-2",
)


@pytest.mark.parametrize("address", ELSEWHERE, ids=lambda each: ascii(each)[:40])
def test_another_site_is_none_of_our_addresses(address: str | None) -> None:
    assert sessions.local_address(address) == sessions.HOME


@pytest.mark.parametrize("address", OURS)
def test_a_page_of_ours_is(address: str) -> None:
    assert sessions.local_address(address) == address


def test_whoever_reads_where_to_go_on_asks_whether_it_is_ours() -> None:
    """`next` and `_next` stand in requests; nothing takes them from there but as the argument of `local_address`."""
    astray, found = [], 0
    for path in [*CODE.glob("shared/**/*.py"), *CODE.glob("services/**/*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
            asked = [
                node
                for node in ast.walk(function)
                if isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("get", "getlist")
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and node.args[0].value in ("next", "_next")
            ]
            found += len(asked)
            if asked and not any(
                isinstance(node, ast.Attribute) and node.attr in ("local_address", "going_on")
                for node in ast.walk(function)
            ):
                astray.append(f"{path.name}: {function.name}")
    assert found >= 5
    assert astray == []


@pytest.mark.parametrize(
    ("https", "scheme", "begins", "secure"),
    [("0", "http", "kail=", False), ("0", "https", "kail=", True), ("1", "http", "__Host-kail=", True)],
)
def test_the_cookie_is_bound_to_its_host_where_the_deployment_is_https(
    home: Path, monkeypatch: pytest.MonkeyPatch, https: str, scheme: str, begins: str, secure: bool
) -> None:
    monkeypatch.setenv("KAIL_HTTPS", https)
    load()
    try:
        client = create_app("intake", pages=[page_that_remembers()]).test_client()
        given = client.get("/intake/remember", base_url=f"{scheme}://localhost").headers["Set-Cookie"]
    finally:
        monkeypatch.undo()
        load()
    assert given.startswith(begins)
    attributes = set(given.split("; ")[1:])
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= attributes
    assert ("Secure" in attributes) is secure
    assert not any(each.startswith("Domain") for each in attributes)


def page_that_remembers() -> flask.Blueprint:
    pages = flask.Blueprint("remembering", __name__)

    @pages.get("/remember")
    @public("a page of this test")
    def remember() -> str:
        flask.session["seen"] = True
        return ""

    return pages
