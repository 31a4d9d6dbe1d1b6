"""Accounts by page and by API: the way of an administrator, of whom she invites, and of those who only look."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from services.intake.accounts.models import OfficerAccount
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.storage import Database
from shared.web.idempotency import Idempotency
from tests.apps import web_app
from tests.browsing import Browser, bearer
from tests.intake.accounts.desk import SARI, opened

ANOTHER = "ikan di sungai Mahakam"
ADMIN = "/intake/bappeda/officers"
API = "/intake/v1/bappeda/officers"


@pytest.fixture
def ratna(intake_db: Database) -> Officer:
    return opened(intake_db)


@pytest.fixture
def app(intake_db: Database) -> Flask:
    return web_app("intake", intake_db)


def form_of(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name != "roles"} | {"roles[]": given["roles"]}


def test_an_administrator_invites_by_page_and_the_sheet_lets_her_in(app: Flask, ratna: Officer) -> None:
    page = Browser(app, ratna)
    own = page.submit(ADMIN, form_of(SARI)).location
    assert "belum mempunyai kata sandi" in page.get(own).text or "no password yet" in page.get(own).text
    sheet = page.submit(f"{own}/sheet", {"_once": "one"}).text
    assert "<svg" in sheet
    assert "style=" not in sheet[sheet.index("<svg") : sheet.index("</svg>")]
    link = re.search(r"/intake/invitation\?link=([A-Z2-7-]+)", sheet)
    assert link is not None

    stranger = Browser(app)
    seen = stranger.get(link[0])
    assert (seen.status_code, "Sari Contoh" in seen.text) == (200, True)
    assert seen.headers["Referrer-Policy"] == "origin"
    assert app.test_client().head(link[0]).status_code == 200
    differs = stranger.submit("/intake/invitation", {"code": link[1], "password": ANOTHER, "again": "x"})
    assert differs.status_code == 422
    assert ANOTHER not in differs.text
    assert (
        stranger.submit("/intake/invitation", {"code": link[1], "password": ANOTHER, "again": ANOTHER}).status_code
        == 200
    )
    stranger.submit("/intake/signin", {"username": "sari", "password": ANOTHER})
    assert "Sari Contoh" in stranger.get("/").text
    gone = stranger.get(link[0])
    assert (gone.status_code, "/intake/signin" in gone.text) == (409, True)


def test_the_answer_that_shows_a_link_is_kept_nowhere(app: Flask, intake_db: Database, ratna: Officer) -> None:
    client, asking = app.test_client(), {**bearer(ratna), "Idempotency-Key": "one"}
    made = client.post(API, json=SARI, headers=bearer(ratna)).json
    first = client.post(f"{API}/{made['id']}/link", headers=asking).json
    second = client.post(f"{API}/{made['id']}/link", headers=asking).json
    assert first["code"] != second["code"]
    with intake_db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Idempotency)) == 0


@pytest.mark.parametrize("code", ["", "ABCD", "%00", "\u00e9" * 40])
def test_a_code_that_nobody_made_is_said_with_a_way_out(app: Flask, intake_db: Database, code: str) -> None:
    answer = Browser(app).get("/intake/invitation", query_string={"link": code})
    assert answer.status_code == (404 if code else 200)
    assert "/intake/signin" in answer.text
    assert 'name="link"' in answer.text


def test_a_program_goes_the_whole_way(app: Flask, intake_db: Database, ratna: Officer) -> None:
    client, asking = app.test_client(), bearer(ratna)
    made = client.post(API, json=SARI, headers=asking).json
    assert (made["state"], made["awaits_password"]) == ("invited", True)
    code = client.post(f"{API}/{made['id']}/link", headers=asking).json["code"]
    assert client.post("/intake/v1/invitation/holder", json={"code": code}).json["username"] == "sari"
    weak = client.post("/intake/v1/invitation", json={"code": code, "password": "password1234"})
    assert (weak.status_code, weak.json["code"]) == (422, "password-too-common")
    assert client.post("/intake/v1/invitation", json={"code": code, "password": ANOTHER}).status_code == 200
    assert client.post("/intake/v1/tokens", json={"username": "sari", "password": ANOTHER}).status_code == 200

    def step(name: str, **given: Any) -> Any:
        revision = client.get(f"{API}/{made['id']}", headers=asking).json["revision"]
        return client.post(f"{API}/{made['id']}/{name}", json={"revision": revision, **given}, headers=asking)

    revision = client.get(f"{API}/{made['id']}", headers=asking).json["revision"]
    moved = client.put(f"{API}/{made['id']}", json={"revision": revision, "office": "dp3a-kukar"}, headers=asking)
    assert (moved.json["office"], moved.json["agency"]) == ("dp3a-kukar", "dp3a")
    stale = client.put(f"{API}/{made['id']}", json={"revision": revision, "name": "X"}, headers=asking)
    assert stale.status_code == 412
    assert step("suspend", why="Cuti").json["state"] == "suspended"
    assert step("resume").json["state"] == "active"
    assert step("reset").json["awaits_password"] is True
    assert step("close").json["state"] == "closed"
    told = client.get(f"{API}/{made['id']}/log", headers=asking).json
    assert [each["what"] for each in reversed(told["items"])] == [
        *("invited", "link-made", "link-used", "changed", "suspended", "resumed", "reset", "closed"),
    ]
    assert told["broken_at"] is None
    assert client.get(f"{API}?state=closed", headers=asking).json["items"][0]["username"] == "sari"
    assert client.get(f"{API}/log", headers=asking).json["items"][0]["what"] == "closed"


def test_every_step_can_be_done_by_page(app: Flask, intake_db: Database, ratna: Officer) -> None:
    page = Browser(app, ratna)
    sari = opened(intake_db, "sari", [Role.OFFICER], "dinsos-kukar")
    own = f"{ADMIN}/{sari.id}"

    def step(path: str, **given: Any) -> int:
        with intake_db.reading() as session:
            revision = session.get_one(OfficerAccount, sari.id).revision
        send = page.submit_twice if path == "close" else page.submit
        return send(f"{own}/{path}", {"revision": revision, **given}).status_code

    assert step("change", name="Sari Baru", office="dinsos-kukar", areas="64.02.05", **{"roles[]": ["head"]}) == 303
    assert "Sari Baru" in page.get(ADMIN).text
    wrong = page.submit(f"{own}/change", {"revision": 2, "name": "S", "office": "dinsos-kukar", "areas": "nowhere",
                                          "roles[]": ["officer", "approver"]})  # fmt: skip
    assert wrong.status_code == 422
    assert step("suspend", why="Cuti") == 303
    assert "Cuti" in page.get(own).text
    assert step("resume") == 303
    assert step("reset") == 303
    assert step("close") == 303
    assert page.submit_twice(f"{own}/close", {"revision": 1}).status_code == 412
    assert "Sari Baru" in page.get(f"{ADMIN}/log").text
    assert page.get(f"{ADMIN}?state=closed&role=head&office=dinsos-kukar").status_code == 200


def test_a_list_is_looked_at_and_then_all_its_sheets_are_printed(app: Flask, ratna: Officer) -> None:
    page = Browser(app, ratna)
    text = "username,name,office,roles\nani,Ani,dinsos-kukar,officer\nbudi,Budi,dinsos-kukar,mentor\n"
    assert page.submit(f"{ADMIN}/many", {"text": text.replace("dinsos-kukar", "nowhere")}).status_code == 422
    assert "2" in page.submit(f"{ADMIN}/many", {"text": text}).text
    assert page.get(f"{ADMIN}?state=invited").text.count("Ani") == 0
    assert page.submit(f"{ADMIN}/many", {"text": text, "invite": "true"}).status_code == 303
    assert page.submit(f"{ADMIN}/sheets").text.count('class="qr"') == 2
    assert page.submit(f"{ADMIN}/sheets").text.count('class="qr"') == 0


def test_a_head_sees_and_confirms_her_own_office_and_an_auditor_reads_the_log(
    app: Flask, intake_db: Database, ratna: Officer
) -> None:
    head = opened(intake_db, "kepala", [Role.HEAD], "dinsos-kukar")
    sari = opened(intake_db, "sari", [Role.OFFICER], "dinsos-kukar")
    page = Browser(app, head)
    text = page.get("/intake/dinsos/officers/review").text
    assert ("Sari Uji" in text, "Ratna Uji" in text) == (True, False)
    assert page.submit("/intake/dinsos/officers/review", {"account_ids[]": [str(sari.id)]}).status_code == 303
    assert page.submit("/intake/dinsos/officers/review", {}).status_code == 422
    assert page.submit(f"/intake/dinsos/officers/{sari.id}/close", {"revision": 1}).status_code == 403
    client = app.test_client()
    assert client.get("/intake/v1/dinsos/officers/review", headers=bearer(head)).json["items"][0]["username"] == "sari"
    again = {"account_ids": [str(sari.id)]}
    assert client.post("/intake/v1/dinsos/officers/review", json=again, headers=bearer(head)).json == {"confirmed": 1}
    auditor = opened(intake_db, "pemeriksa", [Role.AUDITOR])
    log = Browser(app, auditor).get(f"{ADMIN}/log")
    assert (log.status_code, "Sari Uji" in log.text) == (200, True)
    assert Browser(app, auditor).get(f"{ADMIN}/new").status_code == 403
