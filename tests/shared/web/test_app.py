"""What every app has: safe headers, lasting assets, languages, health, metrics, a description, one origin."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string
from sqlalchemy import func, insert, select
from werkzeug.test import Client

from shared.identity.rules import Role
from shared.kernel.ids import new_id
from shared.kernel.settings import load
from shared.storage import Database
from shared.web import assets, forms, headers
from shared.web.bells import forget_answers
from shared.web.factory import create_app
from shared.web.idempotency import Idempotency
from shared.web.language import LANGUAGES
from shared.web.origin import one_origin
from tests.browsing import Browser, an_officer

TEMPLATES = [path for place in ("shared", "services") for path in Path(place).rglob("templates/**/*.html")]


def test_every_answer_carries_the_safe_headers(app: Flask) -> None:
    for address in ("/intake/fragment", "/nowhere", "/intake/v1/openapi.json", "/intake/v1/dinsos/notes"):
        answer = app.test_client().get(address)
        assert headers.HEADERS.items() <= dict(answer.headers).items(), address
        assert answer.headers["Cache-Control"] == "no-store", address


def test_over_https_the_cookie_is_secure_and_stays_there(app: Flask) -> None:
    browser = Browser(app, an_officer())
    answer = browser.get("/intake/dinsos/notes", base_url="https://localhost")
    plain = app.test_client().get("/intake/v1/nowhere")
    assert "Strict-Transport-Security" in answer.headers
    assert "Strict-Transport-Security" not in plain.headers


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_no_template_carries_a_style_or_a_script_of_its_own(path: Path) -> None:
    text = path.read_text()
    for forbidden in (
        "<style",
        " style=",
        "<script>",
        " onclick=",
        " onchange=",
        " onsubmit=",
        "javascript:",
        "http:",
        "https:",
    ):
        assert forbidden not in text, forbidden


def test_a_file_asked_for_by_its_content_is_kept_for_ever(app: Flask) -> None:
    for name in ("kail.css", "mark.svg", "vendor/htmx-4.0.1.min.js"):
        with app.test_client().get(assets.asset(name)) as answer:
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == assets.FOR_EVER
    with app.test_client().get("/static/kail.css?v=older") as answer:
        assert answer.headers["Cache-Control"] != assets.FOR_EVER
    assert app.test_client().get("/static/../factory.py").status_code == 404


@pytest.mark.parametrize(
    ("cookie", "accepted", "spoken"),
    [("", "", "id"), ("", "en-GB,id;q=0.5", "id"), ("en", "id", "en"), ("xx", "fr", "id")],
)
def test_a_page_speaks_the_viewers_language(app: Flask, cookie: str, accepted: str, spoken: str) -> None:
    client = app.test_client()
    if cookie:
        client.set_cookie("language", cookie)
    answer = client.get("/nowhere", headers={"Accept-Language": accepted})
    assert answer.headers["Content-Language"] == spoken
    assert f'<html lang="{spoken}">' in answer.text
    assert ("Ke halaman awal" in answer.text) is (spoken == "id")
    assert set(LANGUAGES) == {"id", "en"}


@pytest.mark.parametrize(("accepted", "spoken"), [("", "id"), ("en-GB,id;q=0.5", "en"), ("fr, id;q=0.5", "id")])
def test_a_program_is_answered_in_the_language_that_it_accepts(app: Flask, accepted: str, spoken: str) -> None:
    answer = app.test_client().get("/intake/v1/nothing", headers={"Accept-Language": accepted})
    assert answer.headers["Content-Language"] == spoken


def test_the_header_offers_what_the_officers_agency_does(app: Flask) -> None:
    page = Browser(app, an_officer(Role.OFFICER, office="dinsos-kukar")).get("/intake/dinsos/notes").text
    assert 'href="/grants/dinsos/referrals"' in page
    assert "Dinas Sosial Kabupaten Kutai Kartanegara" in page
    assert '<a href="/intake/dinsos/notes" aria-current="page">Notes</a>' in page


def test_a_service_is_well_when_database_and_broker_answer(app: Flask) -> None:
    answer = app.test_client().get("/intake/health")
    assert (answer.status_code, answer.json) == (
        200,
        {"service": "intake", "checks": {"database": True, "broker": True}},
    )


def test_metrics_count_requests_by_route_and_never_by_address(app: Flask) -> None:
    client = app.test_client()
    client.get("/intake/fragment")
    client.get("/intake/v1/notes/12345")
    text = client.get("/intake/metrics").text
    assert 'kail_requests_total{method="GET",route="/intake/fragment",service="intake",status="200"} 1.0' in text
    assert "12345" not in text


def test_the_api_describes_itself(app: Flask) -> None:
    spec = app.test_client().get("/intake/v1/openapi.json").json
    assert spec["openapi"] == "3.1.0"
    assert spec["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    add = spec["paths"]["/intake/v1/{agency}/notes"]["post"]
    assert add["security"] == [{"bearer": []}]
    assert (add["x-permission"], add["x-roles"]) == ("tasks.do", ["approver", "coordinator", "head", "officer"])
    assert "Idempotency-Key" in [each.get("name") for each in add["parameters"]]
    default = spec["components"]["responses"]["DEFAULT_ERROR"]
    assert list(default["content"]) == ["application/problem+json"]


def test_four_apps_share_one_origin(databases: dict[str, Database]) -> None:
    apps = {name: create_app(name, database=base) for name, base in databases.items()}
    client = Client(one_origin(apps))
    for name in apps:
        spec: Any = client.get(f"/{name}/v1/openapi.json").get_json()
        assert spec["info"]["title"] == f"Kail: {name}"
    with client.get("/static/kail.css") as style:
        assert style.status_code == 200
    assert client.get("/nowhere").status_code == 404


@pytest.mark.parametrize("name", ["intake", "grants", "training", "monitoring"])
@pytest.mark.parametrize("end", ["", "/"])
def test_a_services_name_alone_leads_to_the_start(databases: dict[str, Database], name: str, end: str) -> None:
    client = Client(one_origin({each: create_app(each, database=base) for each, base in databases.items()}))
    answer = client.get(f"/{name}{end}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_every_component_can_be_shown(app: Flask) -> None:
    page = Browser(app, an_officer()).get("/intake/gallery")
    assert page.status_code == 200
    assert 'href="#decision" data-named>Keputusan: Pilih salah satu.' in page.text
    assert '<input class="govuk-radios__input" type="radio" id="decision"' in page.text
    assert page.text.count("<form") == page.text.count("</form>")


@pytest.mark.parametrize(
    ("options", "more", "chosen_beforehand"),
    [
        ('[("a", "A"), ("b", "B")]', "", False),
        ('[("a", "A"), ("b", "B")]', ', choose="Choose the fund"', False),
        ('[("a", "A"), ("b", "B")]', ", first_holds=true", True),
        ('[("a", "A")]', "", True),
    ],
)
def test_of_several_choices_none_is_made_beforehand(
    app: Flask, options: str, more: str, chosen_beforehand: bool
) -> None:
    source = f'{{% from "components.html" import select %}}{{{{ select(form, "fund", "Fund", {options}{more}) }}}}'
    with app.test_request_context():
        shown = render_template_string(source, form=forms.blank())
        assert ('<option value="">' in shown) is not chosen_beforehand
        assert " selected" not in shown
        assert '<option value="a" selected>' in render_template_string(source, form=forms.blank({"fund": "a"}))


def test_behind_a_proxy_of_ours_its_word_on_who_asks_counts(home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}
    monkeypatch.setenv("KAIL_PROXIES", "1")
    load()
    behind = create_app("grants")
    monkeypatch.delenv("KAIL_PROXIES")
    load()
    for made, believes in ((behind, True), (create_app("grants"), False)):
        answer = made.test_client().get("/grants/v1/openapi.json", headers=told)
        assert ("Strict-Transport-Security" in answer.headers) is believes


def test_an_hour_bell_forgets_old_answers(intake_db: Database) -> None:
    kept = {"officer_id": new_id(), "fingerprint": b""}
    with intake_db.transaction() as session:
        session.execute(insert(Idempotency).values(key="new", **kept))
        session.execute(insert(Idempotency).values(key="old", created_at=func.now() - timedelta(days=2), **kept))
    forget_answers("intake").ring(intake_db)
    with intake_db.reading() as session:
        assert session.scalars(select(Idempotency.key)).all() == ["new"]
