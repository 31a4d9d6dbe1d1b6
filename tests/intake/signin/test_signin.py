"""Officers come in by a token or by a page, stay while they are active, and leave."""

import time
from base64 import b64decode, b64encode
from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy import update

from services.intake.accounts.commands import create_officer
from services.intake.accounts.models import OfficerAccount
from shared.identity import tokens
from shared.identity.rules import Role
from shared.privacy import fields
from shared.storage import Database
from shared.web import assets, sessions
from tests.apps import web_app
from tests.browsing import Browser, an_officer

PASSWORD = "kail bukan ikan"
GIVEN = {"username": "sari", "password": PASSWORD}


@pytest.fixture
def app(intake_db: Database) -> Flask:
    with intake_db.transaction() as session:
        create_officer(session, **GIVEN, name="Sari Contoh", office="dinsos-kukar", roles=[Role.OFFICER])
    made = web_app("intake", intake_db)
    made.testing = True
    return made


def test_a_program_gets_a_token(app: Flask) -> None:
    answer = app.test_client().post("/intake/v1/tokens", json=GIVEN)
    assert answer.status_code == 200
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", tokens.LIFETIME)
    assert tokens.read(answer.json["access_token"]).officer.office == "dinsos-kukar"


def test_a_wrong_password_is_refused_and_counted(app: Flask) -> None:
    wrong = {**GIVEN, "password": "ikan bukan kail"}
    codes = [app.test_client().post("/intake/v1/tokens", json=wrong).json["code"] for _ in range(6)]
    assert codes == ["sign-in-refused"] * 5 + ["too-many-sign-ins"]


def test_a_person_signs_in_and_goes_where_she_wanted(app: Flask) -> None:
    page = Browser(app)
    assert (
        'value="/grants/dinsos/referrals?after=x"'
        in page.get("/intake/signin?next=/grants/dinsos/referrals?after=x").text
    )
    answer = page.submit("/intake/signin", {**GIVEN, "_next": "/grants/dinsos/referrals"})
    assert (answer.status_code, answer.location) == (303, "/grants/dinsos/referrals")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]
    assert "Sari Contoh" in page.get("/").text
    assert page.get("/intake/signin").location == "/"


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "/\\example.org", "javascript:x", ""])
def test_signing_in_never_leads_to_another_site(app: Flask, elsewhere: str) -> None:
    assert Browser(app).submit("/intake/signin", {**GIVEN, "_next": elsewhere}).location == "/"


def test_a_refused_sign_in_shows_why_and_keeps_the_name(app: Flask) -> None:
    page = Browser(app)
    answer = page.submit("/intake/signin", {**GIVEN, "password": "wrong"})
    assert answer.status_code == 401
    assert "tidak cocok" in answer.text
    assert 'value="sari"' in answer.text
    assert "wrong" not in answer.text
    assert page.submit("/intake/signin", {"username": "sari"}).status_code == 422


def test_a_form_that_is_not_ours_is_refused(app: Flask) -> None:
    answer = app.test_client().post("/intake/signin", data=GIVEN)
    assert answer.status_code == 400
    assert "terlalu lama terbuka" in answer.text


def test_signing_out_ends_it(app: Flask) -> None:
    page = Browser(app, an_officer())
    assert page.get("/").status_code == 200
    assert page.submit("/intake/signout").location == "/intake/signin"
    assert page.get("/").status_code == 303


def test_signing_in_drops_what_the_session_held_before(app: Flask) -> None:
    page = Browser(app)
    before = page.csrf_token()
    page.submit("/intake/signin", GIVEN)
    assert page.client.post("/intake/signout", data={"csrf_token": before}).status_code == 400


def carry(page: Browser, *, age: int) -> None:
    """Let the browser carry a token of Sari's account that was issued some time ago."""
    page.submit("/intake/signin", GIVEN)
    with page.client.session_transaction() as session:
        known = tokens.read(session["token"])
        with pytest.MonkeyPatch.context() as patch:
            real = time.time()
            patch.setattr(tokens.time, "time", lambda: real - age)
            session["token"] = tokens.issue(known.officer, session_id=known.session_id)


def renewal(page: Browser) -> str | None:
    """Where the browser lands when a service sends it for a fresh token."""
    return page.get("/intake/renew?next=/grants/dinsos/funds").location


def test_an_active_officer_is_renewed_and_sent_back(app: Flask) -> None:
    page = Browser(app)
    carry(page, age=sessions.RENEW_AFTER + 1)
    assert renewal(page) == "/grants/dinsos/funds"
    with page.client.session_transaction() as session:
        assert time.time() - tokens.read(session["token"]).issued_at < 5


def test_a_closed_account_is_out_at_the_next_renewal(app: Flask, intake_db: Database) -> None:
    page = Browser(app)
    carry(page, age=sessions.RENEW_AFTER + 1)
    with intake_db.transaction() as session:
        session.execute(update(OfficerAccount).values(state="suspended"))
    assert renewal(page) == "/intake/signin?next=%2Fgrants%2Fdinsos%2Ffunds"
    assert page.get("/").status_code == 303


def test_who_is_away_for_a_tokens_life_has_to_sign_in_again(app: Flask) -> None:
    page = Browser(app)
    carry(page, age=tokens.LIFETIME + tokens.LEEWAY + 1)
    assert page.get("/").location == "/intake/signin"


BY_ITSELF = [
    {"HX-Request": "true"},
    {"Accept": "text/event-stream"},
    {"Sec-Fetch-Mode": "cors"},
    {"Sec-Fetch-Mode": "no-cors"},
    {"Sec-Fetch-Mode": "same-origin", "Accept": "text/html"},
]


@pytest.mark.parametrize("by_itself", BY_ITSELF)
@pytest.mark.parametrize("address", ["/", "/intake/dinsos/persons", "/intake/nothing", "/intake/renew?next=/"])
def test_what_a_page_fetches_by_itself_does_not_lose_where_she_goes_on_to(
    app: Flask, address: str, by_itself: dict[str, str]
) -> None:
    """Its answer may come after the one that she was sent to sign in with; the browser would keep that of the two."""
    page = Browser(app)
    carry(page, age=tokens.LIFETIME + tokens.LEEWAY + 1)
    assert "Set-Cookie" not in page.get(address, headers=by_itself).headers
    visited = page.get(HIDDEN, headers={"Sec-Fetch-Mode": "navigate"})
    assert "Set-Cookie" in visited.headers
    assert "Set-Cookie" not in page.get(address, headers=by_itself).headers
    entered = page.submit("/intake/signin?next=/", GIVEN)
    assert entered.location == HIDDEN


HIDDEN = "/intake/dp3a/protection/ask?x=1"
OLD, RUN_OUT = sessions.RENEW_AFTER + 1, tokens.LIFETIME + tokens.LEEWAY + 1


def test_what_an_officer_sends_is_done_although_a_fresh_token_is_due(app: Flask) -> None:
    page = Browser(app)
    carry(page, age=OLD)
    assert page.get("/").location.startswith(sessions.RENEWAL)
    assert page.submit("/intake/language", {"language": "en", "_next": "/"}).location == "/"


@pytest.mark.parametrize("by_itself", BY_ITSELF)
def test_what_a_page_fetches_by_itself_asks_for_no_fresh_token(app: Flask, by_itself: dict[str, str]) -> None:
    page = Browser(app)
    carry(page, age=OLD)
    assert page.get("/intake/account", headers=by_itself).status_code == 200


def test_a_program_is_sent_nowhere_for_a_fresh_token(app: Flask) -> None:
    page = Browser(app)
    carry(page, age=OLD)
    headers = {"Authorization": f"Bearer {held(page)}", "Sec-Fetch-Mode": "navigate"}
    assert page.get("/intake/v1/account/sessions", headers=headers).status_code == 200


def test_a_programs_token_that_has_run_out_leaves_the_browsers_session_alone(app: Flask) -> None:
    page, other = Browser(app), Browser(app)
    page.submit("/intake/signin", GIVEN)
    carry(other, age=RUN_OUT)
    refused = page.get("/intake/v1/account/sessions", headers={"Authorization": f"Bearer {held(other)}"})
    assert refused.status_code == 401
    assert page.get("/").status_code == 200


def test_signing_out_leaves_nothing_in_the_browser(app: Flask) -> None:
    page = Browser(app)
    page.submit("/intake/signin", GIVEN)
    page.get("/intake/dinsos/referrals?tray=overdue")
    page.submit("/intake/signout")
    with page.client.session_transaction() as session:
        assert dict(session) == {}


@pytest.fixture
def at_dp3a(app: Flask, intake_db: Database) -> None:
    """Sari works where there are pages that leave no trace."""
    with intake_db.transaction() as session:
        session.execute(update(OfficerAccount).values(office="dp3a-kukar", agency="dp3a"))


@pytest.mark.usefixtures("at_dp3a")
def test_where_she_goes_on_to_is_what_she_asked_for_last(app: Flask) -> None:
    page = Browser(app)
    carry(page, age=OLD)
    assert page.get(HIDDEN).location == f"{sessions.RENEWAL}?next=%2F"  # and she does not go on with it
    assert page.get(page.get("/intake/account").location).location == "/intake/account"
    carry(page, age=OLD)
    page.get(HIDDEN)
    page.get("/")
    assert page.get("/intake/renew?next=/").location == "/"


def test_an_address_that_no_cookie_could_hold_does_not_wait(app: Flask) -> None:
    page = Browser(app)
    carry(page, age=RUN_OUT)
    answer = page.get(f"{HIDDEN}{'y' * sessions.LONGEST_WAITING}")
    assert answer.location == "/intake/signin?next=%2F"
    assert len(answer.headers["Set-Cookie"]) < 1_000
    assert page.submit("/intake/signin?next=/", GIVEN).location == "/"


@pytest.mark.usefixtures("at_dp3a")
@pytest.mark.parametrize("ended", ["ran out", "account suspended"])
def test_what_waits_for_one_officer_is_not_told_to_the_next(app: Flask, intake_db: Database, ended: str) -> None:
    other = {"username": "tuti", "password": PASSWORD}
    with intake_db.transaction() as session:
        create_officer(session, **other, name="Tuti Contoh", office="dinsos-kukar", roles=[Role.OFFICER])
    page = Browser(app)
    carry(page, age=RUN_OUT if ended == "ran out" else OLD)
    going = page.get(HIDDEN)
    if ended == "account suspended":
        with intake_db.transaction() as session:
            session.execute(update(OfficerAccount).where(OfficerAccount.username == "sari").values(state="suspended"))
        going = page.get(going.location)
    assert going.location == "/intake/signin?next=%2F"
    assert page.submit(going.location, other).location == "/"


def test_whoever_was_not_signed_in_goes_on_to_where_she_wanted(app: Flask) -> None:
    page = Browser(app)
    assert page.get(HIDDEN).location == "/intake/signin?next=%2F"
    assert page.submit("/intake/signin?next=/", GIVEN).location == HIDDEN


@pytest.mark.parametrize("spoilt", ["", "?", "QUJD", "cut short", "of a key that is gone", "of another purpose"])
def test_an_address_that_waits_and_cannot_be_read_leads_to_the_start(app: Flask, spoilt: str) -> None:
    page = Browser(app)
    page.get(HIDDEN)
    with page.client.session_transaction() as session:
        waiting = session["going"]
        if spoilt == "cut short":
            session["going"] = waiting[:-8]
        elif spoilt == "of a key that is gone":
            session["going"] = b64encode(b"\x7f" + b64decode(waiting)[1:]).decode()
        elif spoilt == "of another purpose":
            session["going"] = b64encode(fields.encrypt("[]", fields.Purpose.FIELD)).decode()
        else:
            session["going"] = spoilt
    assert page.submit("/intake/signin?next=/", GIVEN).location == "/"


def test_a_page_that_is_named_counts_more_than_one_that_waits(app: Flask) -> None:
    page = Browser(app)
    carry(page, age=RUN_OUT)
    page.get(HIDDEN)
    assert page.submit("/intake/signin?next=/grants/dinsos/funds", GIVEN).location == "/grants/dinsos/funds"


def held(page: Browser) -> str:
    with page.client.session_transaction() as session:
        return str(session["token"])


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Mode": "navigate"}, *BY_ITSELF])
@pytest.mark.parametrize("age", [0, sessions.RENEW_AFTER + 1, tokens.LIFETIME + tokens.LEEWAY + 1])
def test_a_file_that_everybody_gets_says_nothing_of_who_asked(app: Flask, age: int, headers: dict[str, str]) -> None:
    page = Browser(app)
    carry(page, age=age)
    with page.get(assets.asset("kail.css"), headers=headers) as answer:
        given = answer.headers
    assert given["Cache-Control"] == assets.FOR_EVER
    assert not {"Set-Cookie", "Vary", "Content-Language"} & set(given.keys())


def test_an_officer_finds_her_language_at_every_computer_and_leaves_none_behind(app: Flask) -> None:
    page = Browser(app)
    page.submit("/intake/signin", GIVEN)
    assert '<html lang="id">' in page.get("/", headers={"Accept-Language": "en"}).text
    assert page.submit("/intake/language", {"language": "en", "_next": "/"}).location == "/"
    assert '<html lang="en">' in page.get("/").text
    page.submit("/intake/signout")
    assert '<html lang="id">' in page.get("/intake/signin").text

    elsewhere = Browser(app)
    elsewhere.submit("/intake/signin", GIVEN)
    assert '<html lang="en">' in elsewhere.get("/").text


def test_a_language_chosen_before_signing_in_gives_way_to_the_officers_own(app: Flask) -> None:
    page = Browser(app)
    page.submit("/intake/language", {"language": "en"})
    page.submit("/intake/signin", GIVEN)
    assert '<html lang="en">' in page.get("/").text
    page.submit("/intake/language", {"language": "id"})
    assert '<html lang="id">' in page.get("/").text


def test_a_program_chooses_the_language_too(app: Flask) -> None:
    client = app.test_client()
    token = client.post("/intake/v1/tokens", json=GIVEN).json["access_token"]
    asking = {"Authorization": f"Bearer {token}"}
    answer = client.put("/intake/v1/language", json={"language": "en"}, headers=asking)
    assert answer.status_code == 200
    assert tokens.read(answer.json["access_token"]).officer.language == "en"
    assert client.put("/intake/v1/language", json={"language": "xx"}, headers=asking).status_code == 422
    again = client.post("/intake/v1/tokens", json=GIVEN).json["access_token"]
    assert tokens.read(again).officer.language == "en"


def test_who_has_not_signed_in_chooses_for_this_browser(app: Flask) -> None:
    page = Browser(app)
    assert page.submit("/intake/language", {"language": "en", "_next": "/intake/signin"}).location == "/intake/signin"
    assert '<html lang="en">' in page.get("/intake/signin").text
    page.submit("/intake/language", {"language": "xx"})
    assert '<html lang="en">' in page.get("/intake/signin").text


@pytest.mark.parametrize("elsewhere", ["/%09/evil.example", "/%0d/evil.example", "/%5cevil.example", "//evil.example"])
def test_no_address_that_goes_on_leads_to_another_site(app: Flask, elsewhere: str) -> None:
    page = Browser(app)
    form = page.get(f"/intake/signin?next={elsewhere}")
    assert form.status_code == 200
    assert 'name="_next" value="/"' in form.text
    assert page.get(f"/intake/renew?next={elsewhere}").location == "/intake/signin?next=%2F"
    page.submit("/intake/signin", GIVEN)
    assert page.get(f"/intake/signin?next={elsewhere}").location == "/"
    assert page.get(f"/intake/renew?next={elsewhere}").location == "/"
    typed = unquote(elsewhere)
    assert page.submit("/intake/language", {"language": "id", "_next": typed}).location == "/"
