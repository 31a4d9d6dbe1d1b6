"""Who gets through which door: every route, role and kind of agency against the table, in process and over HTTP."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter, UUIDConverter

from shared.identity import access_page, offices
from shared.identity.officer import Officer
from shared.identity.permissions import EVERY, RIGHTS, Permission, Right, Scope, Workplace, doing, rights_of
from shared.identity.rules import Role
from shared.kernel.errors import DomainError, Forbidden
from shared.kernel.ids import new_id
from shared.kernel.settings import SERVICES
from shared.storage import Database
from shared.web import access, guard, posting
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer

OPEN = {
    "account_pages.choose_password",
    "account_pages.follow_link",
    "accounts.choose_password",
    "accounts.show_holder",
    "assets.static_file",
    "openapi",
    "operations.begin_at_the_start",
    "operations.health",
    "operations.metrics",
    "front.home",
    "signin.choose_language",
    "signin.renew",
    "signin.sign_in",
    "signin.sign_in_form",
    "signin.sign_out",
    "signin.step_form",
    "signin.take_step",
    "tokens.end_tokens",
    "tokens.issue_token",
    "welcome.begin",
    "welcome_pages.begin",
    "welcome_pages.welcome_form",
}
"""All that anybody may ask; a route joins them only by being written here, too."""
REGISTRY = {
    Permission.REGISTRY_READ,
    Permission.REGISTRY_CHANGE,
    Permission.REGISTRY_IMPORT,
    Permission.DEATHS_READ,
    Permission.DEATHS_UNDO,
    Permission.DISCLOSURES_SERVE,
    Permission.CORRECTIONS_NOTE,
    Permission.CORRECTIONS_READ,
    Permission.CORRECTIONS_DECIDE,
    Permission.BREACHES_REACH,
}
"""What shows or changes persons as intake knows them: for whoever registers, whatever her role is elsewhere."""


@pytest.fixture(params=SERVICES)
def app(request: pytest.FixtureRequest, home: Path) -> Flask:
    """The web app of one service, which needs no database to say who may come in."""
    return web_app(request.param, None)


def guards(app: Flask) -> Iterator[tuple[str, str, str, guard.Guard]]:
    for rule, method, endpoint in guard.routes(app):
        mark = guard.guard_of(app, endpoint, method)
        assert mark is not None, f"{method} {rule} has no guard"
        yield rule, method, endpoint, mark


@cache
def offices_by_agency() -> dict[str, list[str]]:
    known: dict[str, list[str]] = {}
    for each in offices.all_offices().values():
        known.setdefault(each.agency, []).append(each.id)
    return known


def everybody() -> Iterator[Officer]:
    """An officer of every role at every office."""
    for office in sorted(offices.all_offices()):
        for role in Role:
            yield an_officer(role, office=office)


def decision(officer: Officer, permission: Permission, agency: str | None, method: str) -> bool:
    try:
        guard.admit(officer, permission, agency, method)
    except DomainError:
        return False
    return True


def printed_rows() -> list[tuple[str, frozenset[str], str, str]]:
    """The rows of the printed table: permission, roles, kinds, scope."""
    lines = access_page.printed().splitlines()
    start = lines.index("| permission | roles | at an agency that | scope |") + 2
    rows = []
    for line in takewhile(lambda each: each.startswith("|"), lines[start:]):
        permission, roles, kinds, scope = (cell.strip() for cell in line.strip("|").split("|"))
        named = frozenset(Role) if roles == "all" else frozenset(Role(role.strip()) for role in roles.split(","))
        rows.append((permission.strip("`"), frozenset(named), kinds, scope))
    return rows


def stands_in_print(workplace: Workplace, kinds: str) -> bool:
    """Whether a workplace is of one of the kinds that a row of the printed table names."""
    simple = {
        "every agency": True,
        "registers": workplace.registers,
        "leads": workplace.leads,
        "protects": workplace.agency == "dp3a",
        "coordinates": workplace.agency == "bappeda",
    }
    for kind in kinds.split(" or "):
        if kind.startswith("does "):
            wanted = [each.strip() for each in kind.removeprefix("does ").split(",")]
            if any(
                done == each or (each[-1] in ".-" and done[: len(each)] == each)
                for done in workplace.does
                for each in wanted
            ):
                return True
        elif simple[kind]:
            return True
    return False


def test_only_the_routes_listed_here_are_open(app: Flask) -> None:
    assert {endpoint for _, _, endpoint, mark in guards(app) if mark.public_because} <= OPEN


def test_every_route_every_role_and_every_kind_of_agency_are_as_the_printed_table_says(app: Flask) -> None:
    rows = printed_rows()
    asked = {
        (mark.permission, method, "<agency>" in rule)
        for rule, method, _, mark in guards(app)
        if not mark.public_because
    }
    assert asked
    for officer in everybody():
        workplace = access.workplace(officer)
        for permission, method, has_agency in asked:
            assert permission is not None
            held = [
                scope
                for name, roles, kinds, scope in rows
                if name == permission and officer.roles & roles and stands_in_print(workplace, kinds)
            ]
            where = f"{sorted(officer.roles)} of {officer.office}: {method} {permission}"
            assert decision(officer, permission, officer.agency if has_agency else None, method) is bool(held), where
            looks = method == "GET" and "every-agency" in held
            assert decision(officer, permission, "another", method) is looks, f"{where} at another agency's address"


def test_every_permission_is_asked_for_by_some_route_and_every_route_asks_for_one_of_the_table(home: Path) -> None:
    asked = {
        mark.permission
        for service in SERVICES
        for _, _, _, mark in guards(web_app(service, None))
        if not mark.public_because
    }
    within_the_work = {each for each in Permission if each not in asked}
    assert asked | within_the_work == set(RIGHTS)
    assert within_the_work == {each for each in required_by_commands() if each not in asked}
    assert {right.scope for each in within_the_work for right in RIGHTS[each]} == {Scope.REFERRAL}


def required_by_commands() -> set[Permission]:
    """What commands hold an officer to while she works on a referral, where routes only ask for `referrals.work`."""
    services = Path(__file__).parents[2] / "services"
    texts = (path.read_text(encoding="utf-8") for path in services.rglob("*.py"))
    return {Permission[name] for text in texts for name in re.findall(r"access\.require\(\w+, Permission\.(\w+)", text)}


def test_no_command_keeps_a_list_of_roles_beside_the_table() -> None:
    root = Path(__file__).parents[2]
    kept = [
        f"{path.relative_to(root)}: {line.strip()}"
        for part in ("services", "shared")
        for path in (root / part).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"officer\.(require|has)\(\*?(rules\.)?(Role\.)?[A-Z]", line) and path.name == "commands.py"
    ]
    assert len(kept) == 1, kept  # the worklist's own


def test_no_template_names_a_role_or_an_agency_where_the_table_has_a_permission() -> None:
    root = Path(__file__).parents[2]
    found = {
        f"{path.relative_to(root)}: {said}"
        for part in ("services", "shared")
        for path in (root / part).rglob("*.html")
        for said in re.findall(
            r"in officer\.roles|officer\.has\([^)]*\)|agency (?:==|in) \(?\"[a-z]", path.read_text(encoding="utf-8")
        )
        if said != 'officer.has("mentor")'  # a student's pages are put in other words
    }
    assert found == set()


def test_the_printed_table_is_the_table() -> None:
    page = Path(__file__).parents[2] / "docs" / "access.md"
    assert page.read_text(encoding="utf-8") == access_page.printed()


def test_nobody_but_whoever_registers_knows_persons_otherwise_than_by_a_referral() -> None:
    for officer in everybody():
        for permission in REGISTRY:
            if access.holds(officer, permission):
                assert offices.registers(officer.office), f"{officer.office} holds {permission}"


@pytest.mark.parametrize(
    "right",
    [
        Right(frozenset(), (EVERY,), Scope.AREAS),
        Right(frozenset(Role), (), Scope.AREAS),
        Right(frozenset(Role), (doing("grants.zakat"),), Scope.AREAS),
    ],
    ids=["no role", "no agency", "no such stage"],
)
def test_none_listed_means_none(right: Right) -> None:
    assert not right.is_for(Role, Workplace("dinsos", registers=True, leads=True, does=frozenset({"grants.zakat-x"})))


def test_a_permission_that_the_table_does_not_have_is_held_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(RIGHTS, Permission.REGISTRY_READ)
    assert rights_of(Permission.REGISTRY_READ, Role, Workplace("dinsos", registers=True, leads=True)) == ()
    with pytest.raises(Forbidden):
        access.require(an_officer(Role.OFFICER), Permission.REGISTRY_READ)


def test_an_office_that_no_file_names_registers_nobody_and_one_that_has_closed_neither() -> None:
    stranger = an_officer(Role.OFFICER)
    object.__setattr__(stranger, "office", "dinsos-nowhere")
    assert not access.holds(stranger, Permission.REGISTRY_READ)


def test_whoever_may_send_a_form_may_see_the_page_that_is_shown_again(app: Flask) -> None:
    sent_from: dict[str, list[str]] = {}
    for _, method, endpoint, mark in guards(app):
        page = posting.page_of(app.view_functions[endpoint])
        seen_by: guard.Guard | None = getattr(page, guard.MARK, None)
        if seen_by is None or mark.permission is None:
            continue
        assert seen_by.permission is not None
        sent_from[f"{method} {endpoint}"] = [
            f"{sorted(each.roles)} of {each.office}"
            for each in everybody()
            if access.holds(each, mark.permission) and not access.holds(each, seen_by.permission)
        ]
    assert sent_from
    assert not {form: who for form, who in sent_from.items() if who}


# ---- over HTTP: one that gets in and one that does not for every permission


def sample(kind: BaseConverter) -> Any:
    """Something that a part of an address may be."""
    if isinstance(kind, AnyConverter):
        return min(kind.items)
    return new_id() if isinstance(kind, UUIDConverter) else 1 if isinstance(kind, IntegerConverter) else "x"


def addresses(app: Flask, agency: str) -> Iterator[tuple[str, str, guard.Guard]]:
    """Every (address, method, guard) with something filled in for what varies."""
    for rule in app.url_map.iter_rules():
        filled = {name: sample(kind) for name, kind in rule._converters.items()}
        if "agency" in filled:
            filled["agency"] = agency
        address = rule.build(filled)[1]  # type: ignore[index]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            mark = guard.guard_of(app, rule.endpoint, method)
            assert mark is not None
            yield address, method, mark


def ask(app: Flask, address: str, method: str, officer: Officer) -> tuple[int, str]:
    """The status and, for programs, the code that an officer is answered."""
    if "/v1/" in address:
        answer = app.test_client().open(address, method=method, headers=bearer(officer))
        return answer.status_code, (answer.get_json(silent=True) or {}).get("code", "")
    page = Browser(app, officer)
    answer = page.get(address) if method == "GET" else page.submit(address, method=method)
    return answer.status_code, ""


@pytest.fixture(params=SERVICES)
def serving(request: pytest.FixtureRequest, databases: dict[str, Database]) -> Flask:
    """The web app of one service, on its database."""
    made: Flask = web_app(request.param, databases[request.param])
    made.testing = True
    return made


def holder(permission: Permission, *, holds: bool) -> Officer | None:
    """Somebody who holds a permission, or does not; of those who do not, one with a role that elsewhere could."""
    fitting = [each for each in everybody() if access.holds(each, permission) is holds]
    possible = frozenset[Role]().union(*(right.roles for right in RIGHTS[permission]))
    return next((each for each in fitting if each.roles & possible), next(iter(fitting), None))


def test_over_http_each_permission_lets_in_who_holds_it_and_nobody_else(serving: Flask) -> None:
    done: set[tuple[Permission, bool]] = set()
    for address, method, mark in addresses(serving, "AGENCY"):
        if mark.permission is None or (mark.permission, method == "GET") in done:
            continue
        done.add((mark.permission, method == "GET"))
        for holds in (True, False):
            officer = holder(mark.permission, holds=holds)
            if officer is None:
                continue
            status, code = ask(serving, address.replace("AGENCY", officer.agency), method, officer)
            refused = status == 403 and code in ("", "role-missing", "not-its-work")
            assert refused is not holds, (
                f"{method} {address}: {sorted(officer.roles)} of {officer.office}: {status} {code}"
            )


@pytest.mark.slow
def test_nobody_gets_in_without_signing_in(serving: Flask) -> None:
    for address, method, mark in addresses(serving, "dinsos"):
        if mark.public_because:
            continue
        answer = serving.test_client().open(address, method=method)
        assert answer.status_code in (303, 401), f"{method} {address}"
        if answer.status_code == 303:
            assert answer.location.startswith("/intake/signin"), f"{method} {address}"


@pytest.mark.slow
def test_over_http_no_role_gets_in_anywhere_that_the_table_does_not_let_in(serving: Flask) -> None:
    strangers = [an_officer(role, office=office) for role in Role for office in ("pengusaha-mataram", "dinsos-mataram")]
    for address, method, mark in addresses(serving, "AGENCY"):
        if mark.permission is None:
            continue
        for officer in strangers:
            if not access.holds(officer, mark.permission):
                status, _ = ask(serving, address.replace("AGENCY", officer.agency), method, officer)
                assert status == 403, f"{sorted(officer.roles)} of {officer.office} on {method} {address}"


@pytest.mark.slow
def test_over_http_nobody_changes_anything_at_another_agencys_address(serving: Flask) -> None:
    for address, method, mark in addresses(serving, "baznas"):
        if mark.permission is None or "/baznas/" not in f"{address}/":
            continue
        officer = next(
            (each for each in everybody() if each.agency != "baznas" and access.holds(each, mark.permission)), None
        )
        if officer is None:
            continue
        looks = method == "GET" and any(
            right.scope is Scope.EVERY_AGENCY for right in access.rights(officer, mark.permission)
        )
        if not looks:
            assert ask(serving, address, method, officer)[0] == 403, f"{sorted(officer.roles)} on {method} {address}"
