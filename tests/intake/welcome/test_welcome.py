"""The first administrator begins with a code from the terminal, once; nobody has a password that others know."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, update

from services.intake.accounts.models import OfficerAccount
from services.intake.welcome import commands, rules
from services.intake.welcome.cli import welcome
from services.intake.welcome.models import WelcomeCode
from shared.identity import offices
from shared.kernel.errors import DomainError
from shared.storage import Database
from tests.apps import web_app
from tests.browsing import Browser
from tests.intake.offices.conftest import agencies  # noqa: F401 (a fixture)

OFFICE = {"id": "bappeda-contoh", "agency": "bappeda", "name": "Bappeda Contoh", "region": "64.03", "registers": False}
SHE = {"name": "Ani Contoh", "username": "ani", "password": "tiga kata biasa"}
API = "/intake/v1/welcome"


@pytest.fixture
def code(intake_db: Database, agencies: Path) -> str:  # noqa: F811
    """What was printed."""
    for path in agencies.glob("*.yaml"):
        path.unlink()
    with intake_db.transaction() as session:
        return commands.print_code(session)


def accounts(base: Database) -> list[tuple[str, str, list[str]]]:
    with base.reading() as session:
        return [(each.username, each.office, each.roles) for each in session.scalars(select(OfficerAccount))]


@pytest.fixture
def client(intake_db: Database):
    return web_app("intake", intake_db).test_client()


def test_the_code_opens_the_first_office_and_account_by_api_and_only_once(client, code: str, intake_db: Database):
    begun = client.post(API, json={**SHE, "code": code, "new_office": OFFICE})
    assert (begun.status_code, begun.json["office"]) == (201, "bappeda-contoh")
    assert offices.office("bappeda-contoh").name == "Bappeda Contoh"
    assert accounts(intake_db) == [("ani", "bappeda-contoh", ["administrator"])]
    token = client.post("/intake/v1/tokens", json={"username": "ani", "password": SHE["password"]})
    assert token.status_code == 200
    again = client.post(API, json={**SHE, "username": "budi", "code": code, "office": "bappeda-contoh"})
    assert (again.status_code, again.json["code"]) == (409, "administrator-there")
    with intake_db.transaction() as session:
        session.execute(update(OfficerAccount).values(state="suspended"))  # and it stays used when she has gone
    again = client.post(API, json={**SHE, "username": "budi", "code": code, "office": "bappeda-contoh"})
    assert (again.status_code, list(again.json["errors"])) == (422, ["code"])
    assert len(accounts(intake_db)) == 1


@pytest.mark.parametrize("spoil", ["wrong", "earlier", "old", "empty"])
def test_a_code_that_is_not_the_last_one_or_too_old_opens_nothing(client, code, intake_db, spoil):
    with intake_db.transaction() as session:
        if spoil == "earlier":
            commands.print_code(session)
        if spoil == "old":
            earlier = func.now() - rules.LASTS - timedelta(seconds=1)
            session.execute(update(WelcomeCode).values(printed_at=earlier))
    given = {"wrong": rules.new_code(), "empty": "-"}.get(spoil, code)
    refused = client.post(API, json={**SHE, "code": given, "new_office": OFFICE})
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["code"])
    assert accounts(intake_db) == []
    assert offices.all_offices() == {}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"password": "pendek"}, None),
        ({"new_office": None}, "office"),
        ({"office": "bappeda-contoh"}, "office"),
        ({"new_office": {**OFFICE, "region": "99"}}, None),
        ({"username": "a b"}, "username"),
    ],
)
def test_what_is_refused_leaves_the_code_and_the_offices_as_they_were(client, code, intake_db, changed, field):
    refused = client.post(API, json={**SHE, "code": code, "new_office": OFFICE, **changed})
    assert refused.status_code == 422, refused.json
    if field:
        assert list(refused.json["errors"]) == [field]
    assert accounts(intake_db) == []
    assert client.post(API, json={**SHE, "code": code, "new_office": {**OFFICE, "id": "b-2"}}).status_code == 201


def test_a_code_may_be_typed_in_small_letters_and_without_hyphens(client, code: str):
    typed = code.lower().replace("-", " ")
    assert client.post(API, json={**SHE, "code": typed, "new_office": OFFICE}).status_code == 201


def test_two_who_begin_at_the_same_moment_are_one_administrator(code: str, intake_db: Database):
    def begin(name: str) -> bool:
        office = {"identifier": f"bappeda-{name}", "agency": "bappeda", "name": name.title(), "region": "64"}
        try:
            with intake_db.transaction() as session:
                commands.begin(session, **{**SHE, "username": name}, code=code, new_office=office)
        except DomainError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(begin, ["satu", "dua", "tiga", "empat"])) == [False, False, False, True]
    assert len(accounts(intake_db)) == 1


def test_the_page_asks_for_the_code_and_says_afterwards_that_she_may_sign_in(code: str, intake_db: Database):
    browser = Browser(web_app("intake", intake_db))
    assert "/intake/welcome" in browser.get("/intake/signin").text
    form = {**SHE, "code": "ABCDE", **{f"new_office.{name}": value for name, value in OFFICE.items()}}
    wrong = browser.submit("/intake/welcome", form)
    assert (wrong.status_code, "Bappeda Contoh" in wrong.text, SHE["password"] in wrong.text) == (422, True, False)
    assert browser.submit("/intake/welcome", {**form, "code": code}).location == "/intake/signin"
    assert "/intake/welcome" not in browser.get("/intake/signin").text
    assert 'name="code"' not in browser.get("/intake/welcome").text


def test_the_command_prints_a_code_until_there_is_an_administrator(code: str, client, intake_db: Database):
    printed = CliRunner().invoke(welcome)
    (other,) = [line.split()[-1] for line in printed.output.splitlines() if line.startswith("with the code")]
    assert client.post(API, json={**SHE, "code": code, "new_office": OFFICE}).status_code == 422
    assert client.post(API, json={**SHE, "code": other, "new_office": OFFICE}).status_code == 201
    assert CliRunner().invoke(welcome).exit_code == 1


def test_no_code_is_kept_as_it_was_printed(code: str, intake_db: Database):
    with intake_db.reading() as session:
        kept = session.scalars(select(WelcomeCode)).one()
    assert code.encode() not in kept.digest
    assert kept.digest == rules.digest_of(code)
    assert len({rules.new_code() for _ in range(50)}) == 50
