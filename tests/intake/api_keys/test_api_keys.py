"""A system of an office signs in with a key, within its owner's rights, and as long as they last."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select, text, update

from services.intake.accounts import commands as accounts
from services.intake.accounts import keys, log, queries
from services.intake.accounts.models import AccountLine, ApiKey, OfficerAccount
from services.intake.accounts.rules import What
from services.intake.api_keys import commands, rules, words
from services.intake.api_keys.cli import api_keys
from services.intake.protection.rules import ToAPersonAlone
from services.intake.protection.work import OfferedTalk
from services.intake.second_step import commands as second_step
from services.intake.sessions.models import OfficerSession
from services.intake.signin import guessing
from services.intake.signin.commands import renewed
from services.intake.signin.models import SignInFailure
from shared.identity import offices, tokens
from shared.identity.officer import Officer
from shared.identity.permissions import NEVER_BY_KEY, Permission
from shared.identity.revocation import real_now
from shared.identity.rules import Role
from shared.kernel import clock
from shared.kernel.errors import Invalid, NotFound
from shared.storage import Database
from shared.web import access, guard
from tests.announcements import announced
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.intake.accounts.desk import PASSWORD, opened

ZONE = ZoneInfo("Asia/Makassar")
PERSONS = "/intake/v1/dinsos/persons"
KEYS = "/intake/v1/dinsos/api-keys"
SIGN_IN = {"username": "kepala", "password": PASSWORD}


def in_days(days: int) -> date:
    return real_now().astimezone(ZONE).date() + timedelta(days=days)


WANTED = {"system": "SIKS-NG", "scopes": ["registry.read"], "expires_on": in_days(60)}


@pytest.fixture
def head(intake_db: Database) -> Officer:
    return opened(intake_db, "kepala", [Role.HEAD], "dinsos-kukar")


@pytest.fixture
def app(intake_db: Database, head: Officer) -> Flask:
    return web_app("intake", intake_db)


def made(base: Database, owner: Officer, **given: Any) -> tuple[UUID, str]:
    with base.transaction() as session:
        key, shown = commands.issue(session, owner, **{**WANTED, **given})
        return key.id, str(shown)


def exchanged(app: Flask, key: str) -> Any:
    return app.test_client().post("/intake/v1/tokens", json={"key": key})


def asking(app: Flask, key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {exchanged(app, key).json['access_token']}"}


def stored(base: Database, key_id: UUID) -> ApiKey:
    with base.reading() as session:
        return session.get_one(ApiKey, key_id)


def change(base: Database, **values: Any) -> None:
    with base.transaction() as session:
        session.execute(update(ApiKey).values(**values))


def test_a_key_is_made_shown_once_and_lets_a_program_in_within_it(
    app: Flask, intake_db: Database, head: Officer
) -> None:
    page = Browser(app, head)
    form = {"system": "SIKS-NG", "scopes[]": ["registry.read"], "expires_on": str(in_days(60)), "_once": "one form"}
    assert page.submit("/intake/dinsos/api-keys", {**form, "password": "not hers"}).status_code == 422
    shown = page.submit("/intake/dinsos/api-keys", {**form, "password": PASSWORD})
    (key,) = re.findall(r"kail_[a-z2-7]{16}_[a-z2-7]{56}", shown.text)
    assert shown.headers["Cache-Control"] == "no-store"
    again = page.submit("/intake/dinsos/api-keys", {**form, "password": PASSWORD})  # loaded again, or gone back to
    assert (again.status_code, key in again.text) == (409, False)
    assert key not in page.get("/intake/dinsos/api-keys").text
    with intake_db.reading() as session:
        (kept,) = session.scalars(select(ApiKey))
        everything = session.scalars(text("SELECT to_jsonb(api_key)::text FROM api_key")).all()
        lines = session.scalars(select(AccountLine).where(AccountLine.what == What.KEY_ISSUED)).all()
        assert [(each.by, each.about, each.after["system"]) for each in lines] == [(head.id, head.id, "SIKS-NG")]
        signed_in = session.get_one(OfficerAccount, head.id).last_signed_in_at
    assert key.split("_")[2] not in "".join(everything)
    answer = exchanged(app, key)
    assert (answer.status_code, answer.json["scope"], answer.json["expires_in"]) == (200, ["registry.read"], 1800)
    known = tokens.read(answer.json["access_token"])
    assert (known.officer.id, known.officer.scopes) == (head.id, frozenset({"registry.read"}))
    said = {"Authorization": f"Bearer {answer.json['access_token']}"}
    assert app.test_client().get(PERSONS, headers=said).status_code == 200
    assert app.test_client().get("/intake/v1/dinsos/referrals", headers=said).json["code"] == "not-with-this-key"
    assert kept.last_used_at is None
    assert stored(intake_db, kept.id).last_used_at is not None
    with intake_db.reading() as session:
        assert session.scalars(select(OfficerSession.key_id)).all() == [kept.id]
        assert session.get_one(OfficerAccount, head.id).last_signed_in_at == signed_in


def test_a_program_makes_lists_and_revokes_keys(app: Flask, intake_db: Database, head: Officer) -> None:
    client, headers = app.test_client(), {**bearer(head), "Idempotency-Key": "one"}
    wanted = {**WANTED, "expires_on": str(in_days(60)), "password": PASSWORD}
    may_give = client.get(f"{KEYS}/scopes", headers=bearer(head)).json["scopes"]
    assert ("registry.read" in may_give, "account.own" in may_give) == (True, False)
    first = client.post(KEYS, json=wanted, headers=headers)
    assert (first.status_code, first.json["expires_on"]) == (201, str(in_days(60)))
    again = client.post(KEYS, json=wanted, headers=headers)
    assert (again.status_code, again.json["code"]) == (409, "key-made")
    (listed,) = client.get(KEYS, headers=bearer(head)).json["items"]
    assert (listed["key"], listed["owner_name"]) == (first.json["secret"].rpartition("_")[0], head.name)
    assert "secret" not in listed
    said = asking(app, first.json["secret"])
    assert client.post(f"{KEYS}/{listed['id']}/revoke", headers=bearer(head)).status_code == 200
    assert client.get(PERSONS, headers=said).status_code == 401
    assert exchanged(app, first.json["secret"]).json["code"] == "key-ended"
    assert client.post(f"{KEYS}/{listed['id']}/revoke", headers=bearer(head)).json["code"] == "key-over"
    assert client.get(KEYS, headers=bearer(head)).json["items"] == []
    assert len(client.get(f"{KEYS}?all=true", headers=bearer(head)).json["items"]) == 1
    (told,) = announced(intake_db)
    assert told.session_id == tokens.read(said["Authorization"].split()[1]).session_id
    with intake_db.reading() as session:
        assert log.broken_at(session) is None
        lines = session.scalars(select(AccountLine).where(AccountLine.what == What.KEY_REVOKED)).all()
        assert [(each.by, each.about) for each in lines] == [(head.id, head.id)]


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"scopes": []}, rules.NothingAllowed),
        ({"scopes": ["registry.read", "registry.change"]}, rules.NotYoursToGive),
        ({"scopes": ["account.own"]}, rules.NotYoursToGive),
        ({"scopes": ["no.such"]}, rules.NotYoursToGive),
        ({"expires_on": in_days(-1)}, rules.HoldsNoDay),
        ({"expires_on": in_days(367)}, rules.HoldsTooLong),
        ({"system": "  "}, rules.SystemMissing),
    ],
    ids=["nothing", "not hers", "never by key", "unknown", "over", "too long", "no name"],
)
def test_a_key_is_held_to_its_owner_and_to_a_year(
    intake_db: Database, head: Officer, given: dict[str, Any], refused: type[Invalid]
) -> None:
    with pytest.raises(refused):
        made(intake_db, head, **given)


def test_an_officer_has_only_so_many_keys(intake_db: Database, head: Officer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST", 1)
    key_id, _ = made(intake_db, head)
    with pytest.raises(rules.TooManyKeys):
        made(intake_db, head)
    with intake_db.transaction() as session:
        commands.revoke(session, head, key_id)
    made(intake_db, head)


def test_who_was_suspended_meanwhile_makes_no_key(intake_db: Database, head: Officer) -> None:
    with intake_db.transaction() as session:
        session.execute(update(OfficerAccount).values(state="suspended"))
    with pytest.raises(tokens.TokenRefused):
        made(intake_db, head)


@pytest.mark.parametrize("day", [date(2026, 11, 30), date(2027, 11, 30)])
def test_a_key_is_good_until_its_last_day_is_over(day: date) -> None:
    assert rules.end_of(day, date(2026, 11, 30), ZONE) == datetime(day.year, 12, 1, tzinfo=ZONE)


def test_no_token_outlives_its_key_and_none_is_made_after_it(app: Flask, intake_db: Database, head: Officer) -> None:
    key_id, key = made(intake_db, head)
    change(intake_db, expires_at=real_now() + timedelta(minutes=10))
    assert 590 <= exchanged(app, key).json["expires_in"] <= 600
    change(intake_db, expires_at=real_now())
    refused = exchanged(app, key)
    assert (refused.status_code, refused.json["code"]) == (401, "key-ended")
    assert keys.standing(stored(intake_db, key_id), real_now()) is keys.Standing.EXPIRED


@pytest.mark.parametrize(
    "wrong", ["", "kail_x_y", "kail_{public}_{other}", "kail_{other16}_{secret}", "KAIL_{public}_{secret}", "{secret}"]
)
def test_what_is_no_key_is_refused_and_counted_like_a_wrong_password(
    app: Flask, intake_db: Database, head: Officer, wrong: str
) -> None:
    _, key = made(intake_db, head)
    _, public, secret = key.split("_")
    typed = wrong.format(public=public, secret=secret, other="a" * 56, other16="a" * 16) or "x"
    codes = [exchanged(app, typed).json["code"] for _ in range(6)]
    assert codes == ["key-refused"] * 5 + ["too-many-sign-ins"]
    with intake_db.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignInFailure)) == 5 * 4


def test_strangers_who_guess_at_a_key_do_not_make_its_system_wait(
    app: Flask, intake_db: Database, head: Officer
) -> None:
    """Where a system has signed in before, it goes on; whoever guesses from the same network waits like a stranger."""
    _, key = made(intake_db, head)
    client, beginning = app.test_client(), key.rpartition("_")[0]
    here, there = {"REMOTE_ADDR": "192.0.2.1"}, {"REMOTE_ADDR": "198.51.100.1"}

    def ask(text: str, place: dict[str, str]) -> str:
        answer = client.post("/intake/v1/tokens", json={"key": text}, environ_base=place)
        return str(answer.json.get("code", "in"))

    assert ask(key, here) == "in"
    name = f"kail {key.split('_')[1]}"
    wrong = [("name", name)] * 11 + [
        ("network", name, each) for each in ("192.0.2.0/24", "198.51.100.0/24") for _ in range(4)
    ]
    with intake_db.transaction() as session:
        latest = clock.now() + timedelta(minutes=5)
        session.add_all(SignInFailure(who=guessing._who(*each), failed_at=latest) for each in wrong)
    assert ask(f"{beginning}_{'a' * 56}", there) == "too-many-sign-ins"
    assert ask(key, there) == "too-many-sign-ins"
    assert ask(key, here) == "in"


def test_whoever_holds_the_secret_of_a_key_that_is_over_guesses_nothing(
    app: Flask, intake_db: Database, head: Officer
) -> None:
    _, key = made(intake_db, head)
    change(intake_db, revoked_at=real_now())
    assert {exchanged(app, key).json["code"] for _ in range(6)} == {"key-ended"}
    with intake_db.reading() as session:
        assert session.scalars(select(SignInFailure)).all() == []


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({}, {"username", "password"}),
        ({"username": "kepala"}, {"password"}),
        ({"password": PASSWORD}, {"username"}),
        ({"key": "kail_x", "username": "kepala"}, {"username"}),
        ({"key": "kail_x", "password": PASSWORD}, {"password"}),
        ({"key": "kail_x", "code": "123456"}, {"code"}),
    ],
)
def test_a_token_is_asked_for_in_one_of_two_forms(app: Flask, given: dict[str, str], wrong: set[str]) -> None:
    answer = app.test_client().post("/intake/v1/tokens", json=given)
    assert (answer.status_code, set(answer.json["errors"])) == (422, wrong)


def test_no_second_step_is_asked_of_a_program_and_none_is_removed_by_one(
    app: Flask, intake_db: Database, head: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, key = made(intake_db, head)
    with intake_db.transaction() as session:
        step = second_step.begin(session, session.get_one(OfficerAccount, head.id))
        step.confirmed_at = real_now()
    assert app.test_client().post("/intake/v1/tokens", json=SIGN_IN).json["code"] == "code-needed"
    said = asking(app, key)
    address = f"/intake/v1/dinsos/officers/{head.id}/second-step"
    assert app.test_client().delete(address, headers=said).json["code"] == "not-with-this-key"


def test_with_a_key_nobody_enters_what_no_key_may_do_whatever_its_token_says(app: Flask) -> None:
    """Also where a scope was written into it that no key is given: account, accounts, keys, the compartment."""
    everything = frozenset(each.value for each in Permission)
    for office in ("dinsos-kukar", "dp3a-kukar"):
        every = an_officer(*Role, office=office)
        program = Officer(**{**vars(every), "scopes": everything})
        assert access.holds(every, *NEVER_BY_KEY)
        assert not access.holds(program, *NEVER_BY_KEY)
        assert access.for_keys(program) == access.for_keys(every)
        closed = [
            (rule, mark.permission)
            for rule, method, endpoint in guard.routes(app)
            for mark in [guard.guard_of(app, endpoint, method)]
            if mark is not None and re.search(r"/(account|officers|api-keys|protection)(/|$)", rule) and mark.permission
        ]
        assert len(closed) > 40
        assert not [rule for rule, permission in closed if access.holds(program, permission)]


def test_a_token_of_a_key_opens_no_page_is_not_renewed_and_makes_its_owner_no_colleague(
    app: Flask, intake_db: Database, head: Officer
) -> None:
    _, key = made(intake_db, head, scopes=["registry.read", "referrals.read"])
    said = exchanged(app, key).json["access_token"]
    page = Browser(app)
    with page.client.session_transaction() as session:
        session["token"] = said
    assert page.get("/intake/dinsos/persons").location.startswith("/intake/signin")
    client, program = app.test_client(), {"Authorization": f"Bearer {said}"}
    assert client.put("/intake/v1/language", json={"language": "en"}, headers=program).status_code == 403
    assert client.get("/intake/v1/dinsos/referrals", headers=program).status_code == 200
    with intake_db.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM known_officer")) == 0
        with pytest.raises(tokens.TokenRefused):
            renewed(session, tokens.read(said))


def test_a_program_ends_what_its_key_began_and_the_key_begins_anew(
    app: Flask, intake_db: Database, head: Officer
) -> None:
    _, key = made(intake_db, head)
    client, said, other = app.test_client(), asking(app, key), asking(app, key)
    assert client.delete("/intake/v1/tokens", headers=said).status_code == 204
    codes = [client.get(PERSONS, headers=each).status_code for each in (said, other, asking(app, key))]
    assert codes == [401, 200, 200]
    assert client.delete("/intake/v1/tokens").status_code == 401


def test_no_program_writes_down_what_a_woman_says_in_a_talk(head: Officer) -> None:
    program = Officer(**{**vars(head), "scopes": frozenset({"referrals.work"})})
    with pytest.raises(ToAPersonAlone):
        OfferedTalk().finish(None, program, [])  # type: ignore[arg-type]  # refused before anything is asked of it


def test_a_key_never_does_more_than_its_owner_may_now(app: Flask, intake_db: Database, head: Officer) -> None:
    _, key = made(intake_db, head, scopes=["registry.read", "figures.read"])
    before = asking(app, key)
    with intake_db.transaction() as session:
        accounts.change(session, None, head.id, roles=[Role.APPROVER])
    client = app.test_client()
    assert client.get(PERSONS, headers=before).status_code == 401  # with her rights, what was open has ended
    assert exchanged(app, key).json["scope"] == ["figures.read"]
    assert client.get(PERSONS, headers=asking(app, key)).status_code == 403
    change(intake_db, scopes=["registry.read"])
    assert exchanged(app, key).json["code"] == "key-allows-nothing"


ENDS: dict[str, Callable[[Any, UUID], object]] = {
    "suspended": lambda session, her: accounts.suspend(session, None, her),
    "closed": lambda session, her: accounts.close(session, None, her),
    "moved": lambda session, her: accounts.change(session, None, her, office="dinsos-kaltim"),
    "moved with her office": lambda session, her: accounts.move_all(
        session, None, "dinsos-kukar", offices.office("dinsos-kaltim")
    ),
    "reset": lambda session, her: accounts.reset(session, None, her),
}


@pytest.mark.parametrize("how", ENDS)
def test_with_her_access_her_keys_end_for_good(app: Flask, intake_db: Database, head: Officer, how: str) -> None:
    other = opened(intake_db, "lain", [Role.HEAD], "dinsos-samarinda")
    (key_id, key), (others, _) = made(intake_db, head), made(intake_db, other)
    said = asking(app, key)
    with intake_db.transaction() as session:
        ENDS[how](session, head.id)
    assert app.test_client().get(PERSONS, headers=said).status_code == 401
    assert exchanged(app, key).json["code"] == "key-ended"
    if how == "suspended":
        with intake_db.transaction() as session:
            accounts.resume(session, None, head.id)
        assert exchanged(app, key).json["code"] == "key-ended"
    assert stored(intake_db, key_id).revoked_at is not None
    assert stored(intake_db, others).revoked_at is None
    with intake_db.reading() as session:
        lines = session.scalars(select(AccountLine.about).where(AccountLine.what == What.KEY_REVOKED)).all()
        assert lines == [head.id]


def test_who_sees_and_revokes_which_keys(app: Flask, intake_db: Database, head: Officer) -> None:
    """A head those of her office, an administrator those of her areas, an auditor looks, and nobody else at all."""
    elsewhere = opened(intake_db, "lain", [Role.HEAD], "dinsos-mataram")
    (own, _), (other, _) = made(intake_db, head), made(intake_db, elsewhere)
    seen = {
        an_officer(Role.HEAD, office="dinsos-kukar"): {own},
        an_officer(Role.HEAD, office="dp3a-kukar"): set(),
        an_officer(Role.ADMINISTRATOR, office="bappeda-kaltim"): {own},
        an_officer(Role.AUDITOR, office="bappeda-kaltim"): {own},
        an_officer(Role.OFFICER, office="dinsos-kukar"): None,
    }
    client = app.test_client()
    for officer, expected in seen.items():
        answer = client.get(f"/intake/v1/{officer.agency}/api-keys", headers=bearer(officer))
        if expected is None:
            assert answer.status_code == 403
            continue
        assert {UUID(each["id"]) for each in answer.json["items"]} == expected, officer
        if officer.has(Role.AUDITOR):
            address = f"/intake/v1/{officer.agency}/api-keys/{own}/revoke"
            assert client.post(address, headers=bearer(officer)).status_code == 403
        with intake_db.transaction() as session, pytest.raises(NotFound):
            commands.revoke(session, officer, other)


def test_its_owner_is_reminded_and_whoever_reviews_rights_sees_it(
    app: Flask, intake_db: Database, head: Officer
) -> None:
    made(intake_db, head, expires_on=in_days(20))
    made(intake_db, head, system="SIPD", expires_on=in_days(90))
    page = Browser(app)
    page.submit("/intake/signin", SIGN_IN)
    start = page.get("/intake/account").text
    assert ("SIKS-NG" in start, "SIPD" in start) == (True, False)
    listed = app.test_client().get(KEYS, headers=bearer(head)).json["items"]
    assert [each["ends_soon"] for each in listed] == [True, False]
    with intake_db.reading() as session:
        (described,) = queries.described(session, [session.get_one(OfficerAccount, head.id)])
    assert described["systems"] == ["SIKS-NG", "SIPD"]


def test_the_owner_sees_the_sessions_of_her_keys(app: Flask, intake_db: Database, head: Officer) -> None:
    _, key = made(intake_db, head)
    asking(app, key)
    (one,) = app.test_client().get("/intake/v1/account/sessions", headers=bearer(head)).json["items"]
    assert (one["program"], one["system"]) == (True, "SIKS-NG")


def test_the_command_lists_and_revokes(app: Flask, intake_db: Database, head: Officer) -> None:
    _, key = made(intake_db, head)
    beginning = key.rpartition("_")[0]
    listed = CliRunner().invoke(api_keys, ["list"]).output
    assert (beginning in listed, key in listed) == (True, False)
    assert "SIKS-NG" in CliRunner().invoke(api_keys, ["revoke", beginning]).output
    assert CliRunner().invoke(api_keys, ["list"]).output == ""
    assert "revoked" in CliRunner().invoke(api_keys, ["list", "--all"]).output
    assert CliRunner().invoke(api_keys, ["revoke", "kail_x"]).exit_code == 1
    assert exchanged(app, key).json["code"] == "key-ended"


def test_whatever_a_key_may_be_given_is_said_in_plain_words() -> None:
    assert set(words.SCOPES) == set(Permission) - NEVER_BY_KEY


def test_a_key_is_known_by_how_it_is_written() -> None:
    key = keys.new_key()
    assert keys.read(f" {key}\n") == key
    assert key.hash != keys.new_key().hash
