"""Leave and acting by page, by API and by command; an acting head gets neither further nor into the compartment."""

from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from flask import Flask

from services.intake.accounts.models import OfficerAccount
from services.intake.accounts.queries import officer_of
from services.intake.acting.cli import officers
from services.intake.acting.queries import acting_now
from services.intake.protection import rules as protection
from shared.identity.officer import Officer
from shared.identity.rules import Role, RoleMissing
from shared.kernel import clock
from shared.storage import Database
from tests.apps import web_app
from tests.browsing import Browser, bearer
from tests.intake.accounts.desk import opened

OFFICE = "dinsos-kukar"


def day(ahead: int) -> str:
    return (clock.today() + timedelta(days=ahead)).isoformat()


@pytest.fixture
def app(intake_db: Database) -> Flask:
    return web_app("intake", intake_db)


@pytest.fixture
def head(intake_db: Database) -> Officer:
    return opened(intake_db, "ibu", [Role.HEAD], OFFICE)


@pytest.fixture
def sari(intake_db: Database) -> Officer:
    return opened(intake_db, "sari", [Role.OFFICER], OFFICE)


def plh(head: Officer) -> dict[str, str]:
    days = {"from_on": day(0), "to_on": day(5), "letter_on": day(0)}
    return {"kind": "plh", "post": "head", "stands_for_id": str(head.id), "letter_number": "800/7", **days}


def as_she_is(base: Database, officer: Officer) -> Officer:
    with base.transaction() as session:
        plain = officer_of(session.get_one(OfficerAccount, officer.id))
        return plain.acts(acting_now(session, plain))


def test_a_head_notes_her_leave_and_who_acts_and_what_she_typed_stays_beside_what_is_wrong(
    app: Flask, intake_db: Database, head: Officer, sari: Officer
) -> None:
    page, root = Browser(app, head), "/intake/dinsos/officers"
    wrong = page.submit(f"{root}/{head.id}/leave", {"from_on": day(5), "to_on": day(1)})
    assert (wrong.status_code, day(5) in wrong.text, "Hari terakhir mendahului" in wrong.text) == (422, True, True)
    leave = {"from_on": day(0), "to_on": day(5), "stand_in_id": str(sari.id)}
    assert page.submit(f"{root}/{head.id}/leave", leave).status_code == 303
    assert page.submit(f"{root}/{head.id}/acting", plh(head)).status_code == 403
    assert page.submit(f"{root}/{sari.id}/acting", plh(head)).status_code == 303
    listed = page.get(f"{root}/away").text
    assert all(said in listed for said in ("Sari Uji", "Ibu Uji", "Plh. Kepala Dinas Sosial", "surat 800/7"))
    assert "surat 800/7" in Browser(app, sari).get("/intake/account").text
    own = app.test_client().get("/intake/v1/account/standing", headers=bearer(sari)).json
    assert [each["title"][:11] for each in own["appointments"]] == ["Plh. Kepala"]
    assert "menggantikan" in Browser(app, head).get("/intake/account").text

    acts = Browser(app, as_she_is(intake_db, sari))
    assert acts.get(f"{root}/{head.id}/away").status_code == 200
    assert acts.submit(f"{root}/{head.id}/acting", plh(head)).status_code == 403
    ended = {"from_on": day(7), "to_on": day(8)}
    assert acts.submit(f"{root}/{head.id}/leave", ended).status_code == 303  # an acting head notes leave


def test_the_same_by_api_and_what_an_acting_head_did_is_kept_with_her_capacity(
    app: Flask, intake_db: Database, head: Officer, sari: Officer
) -> None:
    ratna, other = opened(intake_db), opened(intake_db, "wati", [Role.OFFICER], OFFICE)
    client, root = app.test_client(), "/intake/v1/bappeda/officers"
    made = client.post(f"{root}/{sari.id}/acting", json=plh(head), headers=bearer(ratna))
    assert made.status_code == 201
    assert client.post(f"{root}/{sari.id}/acting", json=plh(head), headers=bearer(ratna)).status_code == 409
    acts = bearer(as_she_is(intake_db, sari))
    noted = client.post(
        f"/intake/v1/dinsos/officers/{other.id}/leave", json={"from_on": day(0), "to_on": day(1)}, headers=acts
    )
    assert (noted.status_code, noted.json["leaves"][0]["is_open"]) == (201, True)
    (line, *_) = client.get(f"{root}/{other.id}/log", headers=bearer(ratna)).json["items"]
    assert line["after"]["signed"].startswith("Sari Uji, Plh. Kepala Dinas Sosial")
    away = client.get(f"{root}/away", headers=bearer(ratna)).json
    assert [each["name"] for each in away["leaves"]] == ["Wati Uji"]
    end = f"{root}/{sari.id}/acting/{made.json['appointments'][0]['id']}/end"
    assert client.post(end, json={}, headers=bearer(ratna)).status_code == 200
    assert client.get("/intake/v1/account", headers=acts).status_code == 401
    back = f"{root}/{other.id}/leave/{noted.json['leaves'][0]['id']}/end"
    assert client.post(back, headers=bearer(ratna)).json["leaves"][0]["withdrawn"] is True


def test_the_same_by_command(intake_db: Database, head: Officer, sari: Officer) -> None:
    def said(*words: str) -> str:
        found = CliRunner().invoke(officers, words)
        return found.output if found.exit_code == 0 else f"refused: {found.output}"

    days = ["--from", day(0), "--to", day(5)]
    assert "is away from" in said("leave", "note", "ibu", *days, "--stand-in", "sari")
    letter = ["--letter", "800/7", "--letter-date", day(0)]
    given = ["acting", "appoint", "sari", "--kind", "plh", "--post", "head", *days, *letter]
    assert said(*given).startswith("refused")
    assert "signs as Plh. Kepala Dinas Sosial" in said(*given, "--stands-for", "ibu")
    assert "Sari Uji stands in" in said("acting", "list")
    assert "acts no longer" in said("acting", "end", "sari", "--why", "kembali")
    assert "has ended" in said("leave", "end", "ibu")
    assert said("acting", "list") == ""


def test_an_acting_head_of_dp3a_does_not_ask_to_break_the_glass(intake_db: Database) -> None:
    holder = opened(intake_db, "ibu", [Role.HEAD], "dp3a-kukar")
    her = opened(intake_db, "sari", [Role.OFFICER], "dp3a-kukar")
    with intake_db.transaction() as session:
        from services.intake.acting import commands
        from shared.identity.acting import ActingKind

        days = {name: date.fromisoformat(day(ahead)) for name, ahead in (("from_on", 0), ("to_on", 3))}
        letter = {"letter_number": "1", "letter_on": clock.today()}
        given = {"kind": ActingKind.PLH, "post": Role.HEAD, "stands_for_id": holder.id}
        commands.appoint(session, None, her.id, **given, **days, **letter)
    acts = as_she_is(intake_db, her)
    assert Role.HEAD in acts.roles
    with pytest.raises(RoleMissing):
        protection.may_ask_to_read(acts)
    protection.may_ask_to_read(holder)


def test_a_head_asks_for_a_change_in_the_yearly_review_and_an_administrator_sees_it(
    app: Flask, intake_db: Database, head: Officer, sari: Officer
) -> None:
    ratna = opened(intake_db)
    page, why = Browser(app, head), "Ia pindah bagian dan tidak lagi memeriksa."
    review = "/intake/dinsos/officers/review"
    assert page.submit(f"{review}/change", {"account_id": str(sari.id), "why": " "}).status_code == 422
    assert page.submit(f"{review}/change", {"account_id": str(sari.id), "why": why}).status_code == 303
    assert page.submit(f"{review}/change", {"account_id": str(ratna.id), "why": why}).status_code == 404
    assert page.submit(f"{review}/change", {"account_id": str(head.id), "why": why}).status_code == 403
    client = app.test_client()
    first = client.get("/intake/v1/bappeda/officers/review", headers=bearer(ratna)).json["items"][0]
    assert (first["username"], first["change_asked"], first["change_asked_by"]) == ("sari", why, "Ibu Uji")
    assert why in Browser(app, ratna).get("/intake/bappeda/officers/review").text
    assert why in Browser(app, ratna).get(f"/intake/bappeda/officers/{sari.id}").text
    changed = {"revision": 2, "areas": ["64.02.05"]}
    assert (
        client.put(f"/intake/v1/bappeda/officers/{sari.id}", json=changed, headers=bearer(ratna)).json["change_asked"]
        is None
    )
