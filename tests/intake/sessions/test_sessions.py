"""A sign-in begins a session, every renewal asks for it, and its end counts."""

import ast
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from services.intake.accounts import commands as accounts
from services.intake.accounts.models import OfficerAccount
from services.intake.accounts.queries import officer_of
from services.intake.sessions import commands, queries, rules
from services.intake.sessions.models import OfficerSession
from services.intake.signin import commands as signin
from shared.events.intake import AccessEnded
from shared.identity import revocation, tokens
from shared.identity.revocation import Revocation
from shared.identity.rules import Role
from shared.identity.tokens import Token
from shared.storage import Database
from tests.announcements import announced
from tests.apps import web_app
from tests.browsing import Browser, an_officer, token_of

CODE = Path(commands.__file__).parents[3]
GIVEN = {"username": "sari", "password": "kail bukan ikan"}
LANGUAGE = {"language": "en", "_next": "/"}
SIGN_IN = "/intake/signin"


@pytest.fixture
def app(intake_db: Database) -> Flask:
    with intake_db.transaction() as session:
        accounts.create_officer(session, **GIVEN, name="Sari Contoh", office="dinsos-kukar", roles=[Role.OFFICER])
    return web_app("intake", intake_db)


def signed_in(app: Flask) -> Browser:
    """A browser in which Sari has signed in; her password, which is slow to check on purpose, is asked elsewhere."""
    return copied(app, a_session(app))


def a_session(app: Flask, *, program: bool = False) -> str:
    """The first token of a new session of hers."""
    base: Database = app.extensions["kail"].database()
    with base.transaction() as session:
        officer = officer_of(session.scalars(select(OfficerAccount)).one())
        return signin.opened(session, officer, signin.Caller(address="127.0.0.1", program=program))


def held(page: Browser) -> str:
    with page.client.session_transaction() as session:
        return str(session["token"])


def copied(app: Flask, text: str) -> Browser:
    """Another browser with a copy of the cookie."""
    page = Browser(app)
    with page.client.session_transaction() as session:
        session["token"] = text
    return page


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def a_program(app: Flask) -> str:
    return a_session(app, program=True)


def change(base: Database, **values: object) -> None:
    with base.transaction() as session:
        session.execute(update(OfficerSession).values(**values))


def is_out(page: Browser) -> bool:
    """Whether neither a page nor a renewal lets this browser in."""
    return page.get("/").location == SIGN_IN and str(page.get("/intake/renew?next=/").location).startswith(SIGN_IN)


def test_a_sign_in_begins_a_session_and_a_renewal_keeps_it(app: Flask, intake_db: Database) -> None:
    page = Browser(app)
    page.submit(SIGN_IN, GIVEN)
    program = tokens.read(app.test_client().post("/intake/v1/tokens", json=GIVEN).json["access_token"])
    token = tokens.read(held(page))
    assert page.get("/intake/renew?next=/").location == "/"
    renewed = tokens.read(held(page))
    assert (renewed.session_id, renewed.signed_in_at) == (token.session_id, token.signed_in_at)
    assert renewed.issued_at > token.issued_at
    with intake_db.reading() as session:
        known = {each.id: each.program for each in queries.sessions_of(session, token.officer.id)}
    assert known == {token.session_id: False, program.session_id: True}


def test_each_renewal_counts_as_use(app: Flask, intake_db: Database) -> None:
    """Renewed again and again, a session does not lie idle, however long ago its sign-in was."""
    text = held(signed_in(app))
    change(intake_db, seen_at=revocation.real_now() - rules.IDLE + timedelta(minutes=1))
    assert renews(app, "page", text)
    with intake_db.reading() as session:
        (seen,) = session.scalars(select(OfficerSession.seen_at))
    assert revocation.real_now() - seen < timedelta(minutes=1)


def test_a_renewal_keeps_the_moment_of_signing_in(app: Flask, intake_db: Database) -> None:
    page = signed_in(app)
    change(intake_db, signed_in_at=revocation.real_now() - timedelta(hours=1))
    page.submit("/intake/language", LANGUAGE)
    assert time.time() - tokens.read(held(page)).signed_in_at > 3590


def test_signing_out_ends_the_copied_cookie_too(app: Flask, intake_db: Database) -> None:
    page = signed_in(app)
    thief, other = copied(app, held(page)), signed_in(app)
    assert thief.get("/").status_code == 200
    page.submit("/intake/signout")
    assert is_out(thief)
    assert other.get("/").status_code == 200
    (told,) = announced(intake_db)
    assert isinstance(told, AccessEnded)
    assert (told.session_id is not None, told.closed) == (True, False)


def test_whose_session_has_ended_is_told_so_and_signs_in_at_once(app: Flask, intake_db: Database) -> None:
    page = signed_in(app)
    with intake_db.transaction() as session:
        commands.end_access(session, tokens.read(held(page)).officer.id)
    refused = page.submit("/intake/kept", {"closed": "x"})
    assert refused.status_code == 401
    assert "Sesi Anda sudah berakhir" in refused.text
    again = copied(app, tokens.issue(an_officer(), lifetime=-3600))
    assert again.submit(SIGN_IN, GIVEN).status_code == 303
    assert again.get("/").status_code == 200


def test_a_program_ends_its_session(app: Flask, intake_db: Database) -> None:
    text, client = a_program(app), app.test_client()
    assert client.delete("/intake/v1/tokens", headers=bearer(text)).status_code == 204
    assert client.put("/intake/v1/language", json={"language": "en"}, headers=bearer(text)).status_code == 401
    assert [type(each) for each in announced(intake_db)] == [AccessEnded]


def test_signing_in_anew_ends_what_this_browser_had(app: Flask) -> None:
    page = signed_in(app)
    thief = copied(app, held(page))
    page.submit(SIGN_IN, GIVEN)
    assert is_out(thief)
    assert page.get("/").status_code == 200


RENEWALS = ("page", "language", "program")


def renews(app: Flask, how: str, text: str) -> bool:
    """Whether a token is exchanged for a fresh one, in each of the ways that there are."""
    if how == "program":
        answer = app.test_client().put("/intake/v1/language", json={"language": "en"}, headers=bearer(text))
        return answer.status_code == 200
    page = copied(app, text)
    if how == "page":
        page.get("/intake/renew?next=/")
    else:
        page.submit("/intake/language", LANGUAGE)
    with page.client.session_transaction() as session:
        return session.get("token", text) != text


@pytest.mark.parametrize("how", RENEWALS)
@pytest.mark.parametrize(
    "values",
    [
        {"signed_in_at": timedelta(seconds=tokens.LONGEST + 1)},
        {"seen_at": rules.IDLE + timedelta(seconds=1)},
        {"ended_at": timedelta()},
        {"officer_id": None},
    ],
    ids=lambda each: next(iter(each)),
)
def test_no_renewal_prolongs_what_is_over(
    app: Flask, intake_db: Database, how: str, values: dict[str, timedelta | None]
) -> None:
    text = held(signed_in(app))
    assert renews(app, how, text)
    now = revocation.real_now()
    change(intake_db, **{name: an_officer().id if ago is None else now - ago for name, ago in values.items()})
    assert not renews(app, how, text)


@pytest.mark.parametrize("how", RENEWALS)
def test_no_renewal_prolongs_a_token_without_a_session_or_of_a_closed_account(
    app: Flask, intake_db: Database, how: str
) -> None:
    text = held(signed_in(app))
    with intake_db.reading() as session:
        officer = tokens.read(text).officer
    assert not renews(app, how, tokens.issue(officer, signed_in_at=int(time.time()) - 40))
    with intake_db.transaction() as session:
        session.execute(update(OfficerAccount).values(state="suspended"))
    assert not renews(app, how, text)


def test_an_officer_ends_all_her_other_sessions(app: Flask, intake_db: Database) -> None:
    here, there, program = signed_in(app), signed_in(app), a_program(app)
    token = tokens.read(held(here))
    with intake_db.transaction() as session:
        assert commands.end_other_sessions(session, token.officer.id, token.session_id) == 2
        assert [each.id for each in queries.sessions_of(session, token.officer.id)] == [token.session_id]
    assert here.get("/").status_code == 200
    assert is_out(there)
    client = app.test_client()
    assert client.delete("/intake/v1/tokens", headers=bearer(program)).status_code == 401


def test_the_end_of_access_ends_everything_until_now_and_nothing_after(app: Flask, intake_db: Database) -> None:
    page, program = signed_in(app), a_program(app)
    token = tokens.read(held(page))
    without_a_session = tokens.issue(token.officer)
    with intake_db.transaction() as session:
        commands.end_access(session, token.officer.id)
    assert is_out(page)
    client = app.test_client()
    for text in (program, without_a_session):
        assert client.delete("/intake/v1/tokens", headers=bearer(text)).status_code == 401
    assert signed_in(app).get("/").status_code == 200
    (told,) = announced(intake_db)
    assert isinstance(told, AccessEnded)
    assert (told.officer_id, told.session_id, told.closed) == (token.officer.id, None, False)


def test_what_is_undone_has_ended_nothing(app: Flask, intake_db: Database) -> None:
    page = signed_in(app)
    officer = tokens.read(held(page)).officer
    with suppress(ZeroDivisionError), intake_db.transaction() as session:
        commands.end_access(session, officer.id)
        _ = 1 / 0
    assert page.get("/").status_code == 200


def test_ends_are_forgotten_once_nothing_alive_can_meet_them(intake_db: Database) -> None:
    now = revocation.real_now()
    old, new, left = token_of(an_officer()), token_of(an_officer()), token_of(an_officer())
    outlived = now - revocation.OUTLIVED - timedelta(seconds=1)
    with intake_db.transaction() as session:
        revocation.revoke(session, old.officer.id, outlived)
        revocation.revoke(session, left.officer.id, outlived, closed=True)
        revocation.revoke(session, new.officer.id, now)
        revocation.forget(session)
        assert set(session.scalars(select(Revocation.subject))) == {new.officer.id, left.officer.id}
    assert timedelta(seconds=tokens.LIFETIME + tokens.LEEWAY) < revocation.OUTLIVED


def test_sessions_are_forgotten_long_after_their_end(app: Flask, intake_db: Database) -> None:
    signed_in(app)
    with intake_db.transaction() as session:
        commands.forget_sessions(session)
        assert len(session.scalars(select(OfficerSession)).all()) == 1
    change(intake_db, seen_at=revocation.real_now() - rules.KEPT - timedelta(seconds=1))
    with intake_db.transaction() as session:
        commands.forget_sessions(session)
        assert session.scalars(select(OfficerSession)).all() == []


def test_a_token_that_was_good_a_moment_ago_is_asked_for_again(intake_db: Database, monkeypatch) -> None:
    token = token_of(an_officer())
    revocation.hold(intake_db, token)
    asked: list[Token] = []
    monkeypatch.setattr(revocation, "ends_of", lambda each: asked.append(each) or select(Revocation.subject).limit(0))
    revocation.hold(intake_db, token)
    assert asked == []
    at = time.monotonic() + revocation.GOOD_FOR
    monkeypatch.setattr(revocation.time, "monotonic", lambda: at)
    revocation.hold(intake_db, token)
    assert asked == [token]


def test_tokens_are_issued_in_one_place() -> None:
    """Every sign-in and renewal goes through `signin.commands`, which asks for the session."""
    found = set()
    for path in [*CODE.glob("shared/**/*.py"), *CODE.glob("services/**/*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
            for node in ast.walk(function):
                named = isinstance(node, ast.Attribute) and node.attr == "issue" and ast.unparse(node.value) == "tokens"
                if named:
                    found.add(f"{path.relative_to(CODE)}:{function.name}")
        taken = [
            each.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "shared.identity.tokens"
            for each in node.names
        ]
        assert "issue" not in taken, path
    assert found == {"services/intake/signin/commands.py:_issued"}
    made = CODE / "services/intake/signin/commands.py"
    calls = [
        function.name
        for function in ast.walk(ast.parse(made.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "_issued"
    ]
    assert sorted(calls) == ["opened", "renewed"]
