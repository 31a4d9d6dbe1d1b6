"""Nobody gets past a guard who should not, and no route is without one."""

from dataclasses import replace
from typing import Any

import flask
import pytest
from flask import Flask

from shared.identity.permissions import Permission
from shared.identity.rules import OtherOffice, OutsideArea, Role
from shared.web import access, guard, sessions
from shared.web.factory import create_app
from tests.browsing import Browser, an_officer, bearer

WORDS = {"words": "hello"}


def status(app: Flask, method: str, *roles: Role, office: str = "dinsos-kaltim", agency: str = "dinsos") -> int:
    headers = bearer(an_officer(*roles, office=office))
    return app.test_client().open(f"/intake/v1/{agency}/notes", method=method, json=WORDS, headers=headers).status_code


def test_an_app_with_an_unguarded_view_is_refused() -> None:
    pages = flask.Blueprint("open", __name__)
    pages.add_url_rule("/open", "view", lambda: "in", methods=["GET", "POST"])
    with pytest.raises(guard.UnguardedRoutes, match="GET /grants/open, POST /grants/open"):
        create_app("grants", pages=[pages])


def test_a_class_of_views_is_guarded_method_by_method() -> None:
    class Both(flask.views.MethodView):
        @guard.guard(Permission.GOODS_RUN)
        def get(self) -> str:
            return ""

        def post(self) -> str:
            return ""

    pages = flask.Blueprint("both", __name__)
    pages.add_url_rule("/both", view_func=Both.as_view("both"))
    with pytest.raises(guard.UnguardedRoutes, match=r"on: POST /grants/both$"):
        create_app("grants", pages=[pages])


def test_a_view_without_a_mark_that_joins_later_is_closed(app: Flask) -> None:
    app.add_url_rule("/intake/late", view_func=lambda: "in")
    assert Browser(app, an_officer(*Role)).get("/intake/late").status_code == 403


def test_whoever_asks_for_the_head_of_a_page_is_asked_for_what_the_page_asks_for(app: Flask) -> None:
    class Shown(flask.views.MethodView):
        @guard.guard(Permission.GOODS_RUN)
        def get(self) -> str:
            return ""

    app.add_url_rule("/intake/shown", view_func=Shown.as_view("shown"))
    statuses = [Browser(app, an_officer(role)).client.head("/intake/shown").status_code for role in Role]
    assert statuses == [200 if role is Role.OFFICER else 403 for role in Role]


def test_an_officer_with_the_role_gets_in(app: Flask) -> None:
    assert status(app, "GET", Role.OFFICER) == 200
    assert status(app, "POST", Role.OFFICER) == 201


def test_an_officer_without_the_role_does_not(app: Flask) -> None:
    assert status(app, "GET", Role.ADMINISTRATOR) == 403


def test_an_officer_whose_agency_has_other_work_does_not(app: Flask) -> None:
    answer = app.test_client().get(
        "/intake/v1/disperindag/notes", headers=bearer(an_officer(Role.OFFICER, office="disperindag-mataram"))
    )
    assert (answer.status_code, answer.get_json()["code"]) == (403, "not-its-work")


@pytest.mark.parametrize("scopes", [frozenset(), frozenset({"registry.read"}), frozenset({"goods.read"})])
def test_a_program_with_a_key_does_what_the_key_allows_and_no_more(app: Flask, scopes: frozenset[str]) -> None:
    program = replace(an_officer(Role.OFFICER), scopes=scopes)
    answer = app.test_client().get("/intake/v1/dinsos/notes", headers=bearer(program))
    assert answer.status_code == (200 if "goods.read" in scopes else 403)


@pytest.mark.parametrize("said", [Role.OFFICER, "goods.read", None])
def test_a_guard_takes_permissions_and_nothing_else(said: object) -> None:
    with pytest.raises(TypeError):
        guard.guard(said)  # type: ignore[arg-type]


def test_an_officer_of_another_agency_does_not(app: Flask) -> None:
    assert status(app, "GET", Role.OFFICER, agency="dp3a") == 403


def test_a_coordinator_may_look_at_another_agency_but_change_nothing(app: Flask) -> None:
    assert status(app, "GET", Role.COORDINATOR, office="bappeda-kaltim") == 200
    assert status(app, "POST", Role.COORDINATOR, office="bappeda-kaltim") == 403


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"])
def test_whatever_changes_something_is_no_look(method: str) -> None:
    looks = an_officer(Role.COORDINATOR, office="bappeda-kaltim")
    if method in ("GET", "HEAD", "OPTIONS"):
        guard.admit(looks, Permission.GOODS_READ, "dinsos", method)
        return
    with pytest.raises(OtherOffice):
        guard.admit(looks, Permission.GOODS_READ, "dinsos", method)


HERE = {
    ("dinsos-kukar", "64.02"): (True, True, {"intake.verification", "grants.goods-decision"}),
    ("dinsos-kukar", "11"): (True, False, set()),
    ("dp3a-kukar", "64.02"): (True, True, {"intake.protection"}),
    ("disperindag-kukar", "64.02"): (False, False, {"training.market"}),
    ("koperasi-kukar", "64.02"): (False, False, {"grants.cooperative"}),
    ("baznas-mataram", "52.71"): (False, False, {"grants.zakat"}),
    ("pengusaha-mataram", "52.71"): (False, False, {"training.market"}),
    ("bappeda-kukar", "64.02"): (False, False, {"monitoring.meeting"}),
}
"""By office and area: whether it registers, whether it leads there, and a part of what its agency does there."""
SOMEBODYS = {"intake.verification", "intake.protection", "grants.zakat", "grants.cooperative", "training.market"}


def test_in_one_request_everybody_is_asked_about_at_her_own_office_and_in_her_own_areas(app: Flask) -> None:
    with app.test_request_context():
        for (office, area), (registers, leads, does) in HERE.items():
            found = access.workplace(an_officer(Role.HEAD, office=office, areas=(area,)))
            assert (found.registers, found.leads) == (registers, leads), office
            assert does <= found.does, office
            assert found.does & SOMEBODYS == does & SOMEBODYS, office


@pytest.mark.parametrize(
    ("held_to", "refusal"),
    [
        ({}, None),
        ({"agency": "dinsos", "office": "dinsos-kukar", "area": "64.02.06"}, None),
        ({"agency": "dp3a"}, OtherOffice),
        ({"office": "dinsos-kaltim"}, OtherOffice),
        ({"area": "64.72"}, OutsideArea),
        ({"office": "dinsos-kukar", "area": "64.72"}, OutsideArea),
    ],
)
def test_who_holds_a_permission_is_held_to_agency_office_and_area(held_to: Any, refusal: Any) -> None:
    head = an_officer(Role.HEAD, office="dinsos-kukar", areas=("64.02",))
    if refusal is None:
        assert access.require(head, Permission.JOURNEYS_STEER, **held_to)
        return
    with pytest.raises(refusal):
        access.require(head, Permission.JOURNEYS_STEER, **held_to)


@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer nonsense", "Basic dXNlcjpwYXNz"])
def test_without_a_good_token_the_api_asks_for_one(app: Flask, authorization: str | None) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = app.test_client().post("/intake/v1/dinsos/notes", json={}, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.mimetype == "application/problem+json"


def test_the_api_does_not_take_the_pages_cookie(app: Flask) -> None:
    assert Browser(app, an_officer()).get("/intake/v1/dinsos/notes").status_code == 401


def test_a_page_does_not_take_a_bearer_token(app: Flask) -> None:
    answer = app.test_client().get("/intake/dinsos/notes", headers=bearer(an_officer()))
    assert answer.status_code == 303


def test_a_page_without_a_session_leads_to_sign_in_and_back(app: Flask) -> None:
    answer = Browser(app).get("/intake/dinsos/notes?after=x")
    assert (answer.status_code, answer.location) == (303, "/intake/signin?next=%2Fintake%2Fdinsos%2Fnotes%3Fafter%3Dx")


def test_what_a_page_fetches_by_itself_is_not_led_to_sign_in(app: Flask) -> None:
    assert Browser(app).get("/intake/dinsos/notes", headers={"HX-Request": "true"}).status_code == 401


def test_an_active_officer_is_sent_for_a_fresh_token_but_a_polling_page_is_not(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Browser(app, an_officer(Role.OFFICER))
    monkeypatch.setattr(sessions, "RENEW_AFTER", 0)
    assert (
        page.get("/intake/dinsos/notes?after=x").location == "/intake/renew?next=%2Fintake%2Fdinsos%2Fnotes%3Fafter%3Dx"
    )
    assert page.get("/intake/dinsos/notes", headers={"HX-Request": "true"}).status_code == 200
    assert page.submit("/intake/dinsos/notes", {"words": "kept"}).location == "/intake/dinsos/notes"
