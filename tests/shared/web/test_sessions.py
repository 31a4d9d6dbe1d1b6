"""A page never leads to another site, however its address was written."""

import ast
from pathlib import Path

import pytest

from shared.web import sessions

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
                isinstance(node, ast.Attribute) and node.attr == "local_address" for node in ast.walk(function)
            ):
                astray.append(f"{path.name}: {function.name}")
    assert found >= 5
    assert astray == []
