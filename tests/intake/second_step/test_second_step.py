"""A code from her telephone lets her in, once; who puts it off too long, or lost her telephone, finds a way."""

import re
import time
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select, text, update

from services.intake.accounts.models import AccountLine, OfficerAccount, SecondStep
from services.intake.second_step import commands, rules
from services.intake.signin.models import SignInFailure
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock
from shared.storage import Database
from tests.apps import web_app
from tests.browsing import Browser, bearer
from tests.intake.accounts.desk import PASSWORD, opened

SIGN_IN = {"username": "kepala", "password": PASSWORD}
SET_UP = "/intake/account/second-step"
NOW = 1_800_000_000.0


def code_at(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(time.time()) + steps * rules.STEP)


@pytest.mark.parametrize(("steps", "taken"), [(0, True), (-1, True), (1, True), (2, False), (-2, False)])
def test_a_code_is_taken_for_a_clock_that_goes_a_little_wrong(steps: int, taken: bool) -> None:
    secret = rules.new_secret()
    code = pyotp.TOTP(secret).at(int(NOW) + steps * rules.STEP)
    used = rules.step_of(secret, f"{code[:3]} {code[3:]}", NOW, 0)
    assert (used is not None) is taken
    assert used is None or rules.step_of(secret, code, NOW, used) is None


@pytest.mark.parametrize("code", ["", "-", "000", "abcdef", "\u0661\u0662\u0663\u0664\u0665\u0666", "1" * 40])
def test_what_is_no_code_is_refused(code: str) -> None:
    assert rules.step_of("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", code, NOW, 0) is None


@pytest.fixture
def head(intake_db: Database) -> Officer:
    return opened(intake_db, "kepala", [Role.HEAD], "dinsos-kukar")


@pytest.fixture
def app(intake_db: Database, head: Officer) -> Flask:
    return web_app("intake", intake_db)


def enrolled(database: Database, head: Officer) -> tuple[str, list[str]]:
    """The secret and recovery codes of somebody who has set the second step up."""
    with database.transaction() as session:
        account = session.get_one(OfficerAccount, head.id)
        secret = commands.begin(session, account).secret
        return secret, commands.confirm(session, account, code_at(secret, -1))


def last_line(database: Database) -> str:
    """What befell an account last."""
    with database.reading() as session:
        return session.scalars(select(AccountLine.what).order_by(AccountLine.seq.desc())).first() or ""


def ask(app: Flask, code: str | None = None) -> tuple[int, str]:
    given = {**SIGN_IN, **({"code": code} if code else {})}
    answer = app.test_client().post("/intake/v1/tokens", json=given)
    return answer.status_code, answer.json.get("code", "")


def test_it_is_offered_at_the_first_sign_in_set_up_by_page_and_asked_from_then_on(
    app: Flask, intake_db: Database, head: Officer
) -> None:
    page = Browser(app)
    assert page.submit("/intake/signin", SIGN_IN).location == SET_UP
    shown = page.get(SET_UP).text
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", shown)
    assert secret is not None
    assert "<svg" in shown
    assert page.submit(SET_UP, {"code": "000000"}).status_code == 422
    codes = page.submit(SET_UP, {"code": code_at(secret[1], -1)})
    assert len(re.findall(r"<code>[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}</code>", codes.text)) == 10
    assert secret[1] not in page.get(SET_UP).text

    again = Browser(app)
    half = again.submit("/intake/signin", {**SIGN_IN, "_next": "/intake/account"})
    assert half.location == "/intake/signin/step?next=%2Fintake%2Faccount"
    assert again.get("/intake/account").status_code == 303
    assert again.submit("/intake/signin/step", {"code": ""}).status_code == 401
    let_in = again.submit("/intake/signin/step", {"code": code_at(secret[1]), "_next": "/intake/account"})
    assert (let_in.status_code, let_in.location) == (303, "/intake/account")
    with intake_db.reading() as session:
        assert session.execute(text("SELECT secret FROM second_step")).scalar_one().find(secret[1].encode()) < 0
    assert last_line(intake_db) == "second-step-enrolled"


def test_a_program_is_told_that_a_code_is_needed_and_no_code_is_good_twice(
    app: Flask, intake_db: Database, head: Officer
) -> None:
    secret, _ = enrolled(intake_db, head)
    assert ask(app) == (401, "code-needed")
    code = code_at(secret)
    assert ask(app, code)[0] == 200
    assert ask(app, code) == (401, "code-refused")


def test_the_right_password_does_not_forgive_guessed_codes(app: Flask, intake_db: Database, head: Officer) -> None:
    enrolled(intake_db, head)
    assert ask(app, "000000")[0] == 401
    with intake_db.reading() as session:
        counted = session.scalars(select(SignInFailure.id)).all()
    assert counted
    with intake_db.transaction() as session:
        session.execute(update(SignInFailure).values(failed_at=clock.now() - timedelta(minutes=1)))
    assert ask(app) == (401, "code-needed")
    with intake_db.reading() as session:
        assert set(counted) <= set(session.scalars(select(SignInFailure.id)).all())


def test_a_recovery_code_takes_the_telephones_place_once(app: Flask, intake_db: Database, head: Officer) -> None:
    _, codes = enrolled(intake_db, head)
    with intake_db.transaction() as session:
        assert commands.passes(session, head.id, codes[0].lower().replace("-", " "))
        assert not commands.passes(session, head.id, codes[0])
        assert commands.passes(session, head.id, codes[1])
    with intake_db.reading() as session:
        kept = session.execute(text("SELECT string_agg(hash::text, '') FROM recovery_code")).scalar_one()
    assert codes[2].replace("-", "").encode().hex() not in kept


def test_who_put_it_off_for_too_long_sets_it_up_before_anything_else(app: Flask, intake_db: Database) -> None:
    Browser(app).submit("/intake/signin", SIGN_IN)
    with clock.frozen(clock.now() + rules.PUT_OFF):
        assert ask(app)[0] == 200
    with clock.frozen(clock.now() + rules.PUT_OFF + timedelta(days=1)):
        assert ask(app) == (403, "step-to-set-up")
        page = Browser(app)
        assert page.submit("/intake/signin", SIGN_IN).location.startswith("/intake/signin/step")
        assert page.get("/intake/account").status_code == 303
        secret = re.search(r"<code>([A-Z2-7]{32})</code>", page.get("/intake/signin/step").text)
        assert secret is not None
        assert page.submit("/intake/signin/step", {"code": "000000"}).status_code == 422
        done = page.submit("/intake/signin/step", {"code": code_at(secret[1], -1)})
        assert (done.status_code, done.text.count("<li><code>")) == (200, 10)
        assert page.get("/intake/account").status_code == 200


def test_nobody_takes_a_step_without_her_password(app: Flask, intake_db: Database, head: Officer) -> None:
    secret, _ = enrolled(intake_db, head)
    assert Browser(app).submit("/intake/signin/step", {"code": code_at(secret)}).location == "/intake/signin"
    page = Browser(app)
    page.submit("/intake/signin", SIGN_IN)
    with intake_db.transaction() as session:
        session.execute(update(OfficerAccount).values(password_hash="changed meanwhile"))
    assert page.submit("/intake/signin/step", {"code": code_at(secret)}).location == "/intake/signin"
    assert page.get("/intake/account").status_code == 303


def test_the_only_administrator_is_not_asked_until_there_is_a_second_one(intake_db: Database) -> None:
    ratna = opened(intake_db, "ratna")
    with intake_db.transaction() as session:
        assert commands.due(session, session.get_one(OfficerAccount, ratna.id)) is None
    opened(intake_db, "dewi")
    with intake_db.transaction() as session:
        assert commands.due(session, session.get_one(OfficerAccount, ratna.id)) is not None


def test_it_is_asked_of_the_roles_that_the_settings_name(intake_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    sari = opened(intake_db, "sari", [Role.OFFICER], "dinsos-kukar")
    with intake_db.transaction() as session:
        account = session.get_one(OfficerAccount, sari.id)
        assert commands.due(session, account) is None
        from dataclasses import replace

        named = replace(commands.settings(), two_step_roles=frozenset({"officer"}))
        monkeypatch.setattr(commands, "settings", lambda: named)
        assert commands.due(session, account) is not None


def test_an_administrator_removes_it_for_whoever_lost_her_telephone(
    app: Flask, intake_db: Database, head: Officer
) -> None:
    ratna = opened(intake_db, "ratna")
    enrolled(intake_db, head)
    page = Browser(app, ratna)
    own = f"/intake/bappeda/officers/{head.id}"
    assert "second-step/remove" in page.get(own).text
    assert page.submit(f"{own}/second-step/remove").status_code == 303
    with intake_db.reading() as session:
        assert session.get(SecondStep, head.id) is None
    assert last_line(intake_db) == "second-step-removed"
    assert ask(app)[0] == 200
    enrolled(intake_db, head)
    api = f"/intake/v1/bappeda/officers/{head.id}/second-step"
    assert app.test_client().delete(api, headers=bearer(head)).status_code == 403
    assert app.test_client().delete(api, headers=bearer(ratna)).json == {"username": "kepala"}
    assert app.test_client().delete(api, headers=bearer(ratna)).status_code == 409


def test_a_program_sets_it_up(app: Flask, intake_db: Database, head: Officer) -> None:
    client, asking = app.test_client(), bearer(head)
    secret = client.post("/intake/v1/account/second-step", headers=asking).json["secret"]
    confirm = "/intake/v1/account/second-step/confirm"
    assert client.post(confirm, json={"code": "000000"}, headers=asking).status_code == 422
    assert len(client.post(confirm, json={"code": code_at(secret)}, headers=asking).json["codes"]) == 10
    assert client.post("/intake/v1/account/second-step", headers=asking).status_code == 409
