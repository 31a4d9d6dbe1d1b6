"""A stranger who guesses waits longer and longer, and never makes an officer wait at her own computer."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from werkzeug.test import TestResponse

from services.intake.accounts import commands as accounts
from services.intake.sessions.commands import begin_session
from services.intake.signin import devices, guessing, rules
from services.intake.signin.models import SignInFailure
from shared.identity.rules import Role, TooManySignIns
from shared.kernel import clock
from shared.storage import Database
from tests.apps import web_app
from tests.browsing import Browser

GIVEN = {"username": "sari", "password": "kail bukan ikan"}
WRONG = {**GIVEN, "password": "ikan bukan kail"}
HERE, NEIGHBOUR, ELSEWHERE, AFAR = "192.0.2.1", "192.0.2.99", "198.51.100.7", "203.0.113.5"
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
WINDOW_OVER = rules.WINDOW + timedelta(seconds=1)


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with clock.frozen(START):
        yield


@pytest.fixture
def base(intake_db: Database) -> Database:
    with intake_db.transaction() as session:
        accounts.create_officer(session, **GIVEN, name="Sari Contoh", office="dinsos-kukar", roles=[Role.OFFICER])
    return intake_db


@pytest.fixture
def app(base: Database) -> Flask:
    return web_app("intake", base)


def tries(base: Database, address: str, *, right: bool = True, name: str = "sari") -> str:
    """What becomes of an attempt: in, refused, or how many seconds to wait."""
    try:
        with base.transaction() as session:
            found = guessing.authenticate(session, name, (GIVEN if right else WRONG)["password"], address)
    except TooManySignIns as wait:
        return str(wait.fields["seconds"])
    return "in" if found else "refused"


def strangers(base: Database, number: int, *, name: str = "sari", address: str = AFAR, ago: int = 0) -> None:
    """So many failures of a name from one address of another network, as `authenticate` counts them."""
    kinds = (
        guessing._who("here", name, address),
        guessing._who("name", name),
        guessing._who("network", name, guessing.neighbourhood(address)),
        guessing._who("address", address),
    )
    with base.transaction() as session:
        at = START - timedelta(seconds=ago)
        session.add_all(SignInFailure(who=who, failed_at=at) for who in kinds for _ in range(number))


def counted(base: Database) -> int:
    with base.reading() as session:
        return session.scalar(select(func.count()).select_from(SignInFailure)) or 0


@pytest.mark.parametrize("name", ["sari", "nobody"])
def test_one_address_guesses_five_times_and_then_waits(base: Database, name: str) -> None:
    for _ in range(rules.STRICT):
        assert tries(base, HERE, right=False, name=name) == "refused"
    assert tries(base, HERE, name=name) == "900"
    assert counted(base) == 4 * rules.STRICT
    with clock.frozen(START + WINDOW_OVER):
        assert tries(base, HERE, name=name) == ("in" if name == "sari" else "refused")


def test_a_stranger_does_not_lock_her_out_anywhere_else(base: Database) -> None:
    strangers(base, 1_000)
    assert tries(base, AFAR) == "900"
    assert tries(base, ELSEWHERE) == "in"


def test_a_network_that_guesses_at_a_name_waits_with_all_strangers(base: Database) -> None:
    strangers(base, rules.NAME.free + 2)
    for number in range(rules.FREE_FOR_A_NETWORK):
        assert tries(base, f"192.0.2.{number}", right=False) == "refused"
    assert tries(base, NEIGHBOUR) == "16"
    with clock.frozen(START + timedelta(seconds=16)):
        assert tries(base, NEIGHBOUR) == "in"


def test_where_she_has_signed_in_before_she_does_not_wait_for_strangers(base: Database) -> None:
    with base.transaction() as session:
        officer = guessing.authenticate(session, **GIVEN, address=HERE)
        assert officer is not None
        begin_session(session, officer.id, address=HERE, user_agent="")
    strangers(base, 1_000, address=NEIGHBOUR)
    assert tries(base, NEIGHBOUR) == "900"
    assert tries(base, HERE) == "in"


def test_many_names_from_one_address_make_it_wait_and_not_for_long(base: Database) -> None:
    for number in range(rules.ADDRESS.free + 3):
        strangers(base, 1, name=f"petugas-{number}", address=HERE)
    assert tries(base, HERE) == "4"
    assert tries(base, ELSEWHERE) == "in"
    with clock.frozen(START + timedelta(seconds=4)):
        assert tries(base, HERE) == "in"


def test_an_address_that_guesses_at_two_names_at_once_guesses_once(base: Database) -> None:
    for number in range(rules.ADDRESS.free):
        strangers(base, 1, name=f"petugas-{number}", address=AFAR)

    def second() -> str:
        with clock.frozen(START):
            return tries(base, AFAR, right=False, name="dewi")

    with ThreadPoolExecutor(1) as beside:
        found = []

        def wrong(_: object) -> bool:
            found.append(beside.submit(second))
            while not (found[0].done() or somebody_waits(base)):
                pass
            return False

        with base.transaction() as session:
            assert guessing.let_in(session, "sari", wrong, AFAR) is None
        assert found[0].result() == "1"


def somebody_waits(base: Database) -> bool:
    with base.engine.connect() as looking:
        return bool(looking.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")))


def test_getting_in_forgets_what_went_wrong_here_only(base: Database) -> None:
    assert tries(base, HERE, right=False) == "refused"
    assert counted(base) == 4
    assert tries(base, HERE) == "in"
    assert counted(base) == 2


def test_failures_are_forgotten_after_a_day(base: Database) -> None:
    strangers(base, 1, ago=24 * 3600 + 1)
    strangers(base, 1)
    with base.transaction() as session:
        guessing.forget_failures(session)
    assert counted(base) == 4


def from_page(page: Browser, form: dict[str, str], address: str = HERE) -> TestResponse:
    return page.submit("/intake/signin", form, environ_base={"REMOTE_ADDR": address})


def test_a_browser_of_hers_does_not_wait_for_strangers_behind_the_same_proxy(app: Flask, base: Database) -> None:
    hers, strange = Browser(app), Browser(app)
    assert from_page(hers, GIVEN).status_code == 303
    hers.submit("/intake/signout")
    strangers(base, 1_000, address=HERE)
    refused = from_page(strange, GIVEN)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "900")
    assert "tunggu 15 menit" in refused.text
    assert from_page(hers, WRONG).status_code == 401
    assert from_page(hers, GIVEN).status_code == 303


def test_a_browser_of_hers_does_not_wait_in_a_network_that_is_new(app: Flask, base: Database) -> None:
    hers, strange = Browser(app), Browser(app)
    from_page(hers, GIVEN)
    hers.submit("/intake/signout")
    strangers(base, 1_000, address="198.51.100.99")
    assert from_page(strange, GIVEN, ELSEWHERE).status_code == 429
    assert from_page(hers, GIVEN, ELSEWHERE).status_code == 303


def test_a_browser_of_hers_guesses_no_more_than_any(app: Flask, base: Database) -> None:
    hers = Browser(app)
    from_page(hers, GIVEN)
    hers.submit("/intake/signout")
    said = [from_page(hers, WRONG, f"192.0.2.{number}").status_code for number in range(rules.STRICT + 1)]
    assert said == [401] * rules.STRICT + [429]


def test_a_browser_is_known_for_the_names_that_signed_in_there_alone(app: Flask, base: Database) -> None:
    with base.transaction() as session:
        other = {**GIVEN, "username": "wati"}
        accounts.create_officer(session, **other, name="Wati", office="dinsos-kukar", roles=[Role.OFFICER])
    page = Browser(app)
    from_page(page, GIVEN)
    page.submit("/intake/signout")
    for name in ("wati", "sari"):
        strangers(base, rules.STRICT, name=name, address=HERE)
    assert from_page(page, other).status_code == 429
    assert from_page(page, GIVEN).status_code == 303


def test_nobody_makes_such_a_browser_herself(app: Flask, base: Database) -> None:
    page = Browser(app)
    forged = '[["sari","00000000-0000-0000-0000-000000000000"]]'
    page.client.set_cookie(devices.COOKIE, forged, path=devices.PATH)
    strangers(base, rules.STRICT, address=HERE)
    assert from_page(page, GIVEN).status_code == 429


def test_a_program_is_told_when_to_try_again(app: Flask, base: Database) -> None:
    strangers(base, rules.STRICT, address="127.0.0.1")
    answer = app.test_client().post("/intake/v1/tokens", json=GIVEN)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    assert answer.json["code"] == "too-many-sign-ins"
