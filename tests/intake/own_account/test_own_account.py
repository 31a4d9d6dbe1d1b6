"""An officer looks after her own account: password, sessions, contact; and changes a password that another one set."""

import pytest
from flask import Flask
from sqlalchemy import select, text

from services.intake.accounts.commands import create_officer
from services.intake.accounts.models import AccountLine, OfficerAccount
from services.intake.signin.models import SignInFailure
from shared.identity.rules import Role
from shared.storage import Database
from tests.apps import web_app
from tests.browsing import Browser
from tests.intake.accounts.desk import PASSWORD, opened

ANOTHER = "ikan di sungai Mahakam"
SIGN_IN = {"username": "sari", "password": PASSWORD}
CHANGE = {"old_password": PASSWORD, "password": ANOTHER}


@pytest.fixture
def app(intake_db: Database) -> Flask:
    opened(intake_db, "sari", [Role.OFFICER], "dinsos-kukar")
    return web_app("intake", intake_db)


def signed_in(app: Flask) -> Browser:
    page = Browser(app)
    assert page.submit("/intake/signin", SIGN_IN).status_code == 303
    return page


def token(app: Flask, password: str = PASSWORD) -> dict[str, str]:
    given = app.test_client().post("/intake/v1/tokens", json={**SIGN_IN, "password": password}).json
    return {"Authorization": f"Bearer {given['access_token']}"}


def test_changing_the_password_asks_for_the_old_one_and_ends_every_other_session(app: Flask) -> None:
    here, elsewhere = signed_in(app), signed_in(app)
    wrong = here.submit("/intake/account/password", {**CHANGE, "old_password": "another one of old", "again": ANOTHER})
    assert wrong.status_code == 422
    assert here.submit("/intake/account/password", {**CHANGE, "again": "not the same"}).status_code == 422
    assert elsewhere.get("/intake/account").status_code == 200
    assert here.submit("/intake/account/password", {**CHANGE, "again": ANOTHER}).status_code == 303
    assert here.get("/intake/account").status_code == 200
    assert elsewhere.get("/intake/account").status_code == 303
    assert Browser(app).submit("/intake/signin", SIGN_IN).status_code == 401
    assert token(app, ANOTHER)


def test_a_wrong_old_password_is_counted_like_a_wrong_sign_in(app: Flask, intake_db: Database) -> None:
    client, asking = app.test_client(), token(app)
    wrong = client.put("/intake/v1/account/password", json={**CHANGE, "old_password": "wrong"}, headers=asking)
    assert (wrong.status_code, wrong.json["code"]) == (422, "old-password-wrong")
    with intake_db.reading() as session:
        assert session.scalars(select(SignInFailure)).first() is not None


@pytest.mark.parametrize(
    ("password", "code"),
    [("password1234", "common"), (PASSWORD, "the password that you have"), ("sari di sungai", "user name")],
)
def test_a_new_password_is_held_to_the_rule(app: Flask, password: str, code: str) -> None:
    client, asking = app.test_client(), token(app)
    answer = client.put("/intake/v1/account/password", json={**CHANGE, "password": password}, headers=asking)
    assert answer.status_code == 422
    assert "password" in answer.json["errors"]


def test_a_program_does_all_of_it(app: Flask, intake_db: Database) -> None:
    client, asking, other = app.test_client(), token(app), token(app)
    own = client.get("/intake/v1/account", headers=asking).json
    assert (own["username"], own["roles"]) == ("sari", ["officer"])
    given = {"phone": "0812-3456-7890", "email": "sari@example.org"}
    kept = client.put("/intake/v1/account/contact", json=given, headers=asking).json
    assert kept["phone"] == "+6281234567890"
    assert client.put("/intake/v1/account/contact", json={"phone": "12"}, headers=asking).status_code == 422
    listed = client.get("/intake/v1/account/sessions", headers=asking).json["items"]
    assert sorted(each["is_this"] for each in listed) == [False, True]
    (one,) = (each["id"] for each in listed if not each["is_this"])
    assert client.delete(f"/intake/v1/account/sessions/{one}", headers=asking).status_code == 204
    assert client.get("/intake/v1/account", headers=other).status_code == 401
    assert client.delete(f"/intake/v1/account/sessions/{one}", headers=asking).status_code == 404
    third = token(app)
    assert client.delete("/intake/v1/account/sessions", headers=asking).status_code == 204
    assert client.get("/intake/v1/account", headers=third).status_code == 401
    assert client.put("/intake/v1/account/password", json=CHANGE, headers=asking).status_code == 204
    with intake_db.reading() as session:
        whats = session.scalars(select(AccountLine.what).order_by(AccountLine.seq)).all()
        raw = session.execute(text("SELECT phone, email FROM officer_account")).one()
    assert [each.value for each in whats] == ["opened", "contact-changed", "password-changed"]
    assert b"6281234567890" not in bytes(raw[0])
    assert b"example.org" not in bytes(raw[1])


def test_the_page_shows_and_ends_sessions_and_is_reached_from_every_page(app: Flask) -> None:
    here, elsewhere = signed_in(app), signed_in(app)
    assert 'href="/intake/account"' in here.get("/").text
    page = here.get("/intake/account")
    assert page.text.count('/end"') == 1
    assert here.submit("/intake/account/contact", {"phone": "081234567890", "email": ""}).status_code == 303
    assert "+6281234567890" in here.get("/intake/account").text
    assert here.submit("/intake/account/sessions/elsewhere").status_code == 303
    assert elsewhere.get("/intake/account").status_code == 303
    assert here.get("/intake/account").status_code == 200


@pytest.fixture
def first_day(intake_db: Database, app: Flask) -> Flask:
    """Sari's password was set by somebody else."""
    with intake_db.transaction() as session:
        session.scalars(select(OfficerAccount)).one().must_change_password = True
    return app


def test_a_password_that_somebody_else_set_lets_nobody_in_until_it_is_changed_by_page(first_day: Flask) -> None:
    page = Browser(first_day)
    asked = page.submit("/intake/signin", SIGN_IN)
    assert (asked.status_code, 'name="new_password"' in asked.text) == (403, True)
    assert page.get("/intake/account").status_code == 303
    same = page.submit("/intake/signin", {**SIGN_IN, "new_password": PASSWORD, "again": PASSWORD})
    assert (same.status_code, 'name="new_password"' in same.text) == (422, True)
    assert page.submit("/intake/signin", {**SIGN_IN, "new_password": ANOTHER, "again": "x"}).status_code == 422
    assert page.submit("/intake/signin", {**SIGN_IN, "new_password": ANOTHER, "again": ANOTHER}).status_code == 303
    assert page.get("/intake/account").status_code == 200
    assert Browser(first_day).submit("/intake/signin", SIGN_IN).status_code == 401


def test_a_program_changes_it_too_and_only_where_it_must(first_day: Flask) -> None:
    client = first_day.test_client()
    refused = client.post("/intake/v1/tokens", json=SIGN_IN)
    assert (refused.status_code, refused.json["code"]) == (403, "password-to-change")
    wrong = {**SIGN_IN, "password": "wrong", "new_password": ANOTHER}
    assert client.post("/intake/v1/tokens", json=wrong).status_code == 401
    assert client.post("/intake/v1/tokens", json={**SIGN_IN, "new_password": ANOTHER}).status_code == 200
    again = {"username": "sari", "password": ANOTHER, "new_password": "quite another choice"}
    assert client.post("/intake/v1/tokens", json=again).status_code == 200
    assert client.post("/intake/v1/tokens", json={**SIGN_IN, "password": ANOTHER}).status_code == 200


def test_who_was_added_on_the_command_line_has_to_change_it(intake_db: Database) -> None:
    from click.testing import CliRunner

    from services.intake.accounts.cli import officers

    given = ("--office", "dinsos-kukar", "--name", "Ani", "--role", "officer", "--password", PASSWORD)
    assert CliRunner().invoke(officers, ["add", "ani", *given]).exit_code == 0
    with intake_db.transaction() as session:
        assert session.scalars(select(OfficerAccount)).one().must_change_password
        assert not create_officer(
            session, username="budi", password=PASSWORD, name="Budi", office="dinsos-kukar", roles=["officer"]
        ).must_change_password
