"""Monitoring's two stages, worked on through the endpoint and through the pages, on a clock that goes forward."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from services.monitoring.worker import WORKS
from shared.events.intake import StageOffered
from shared.events.monitoring import GraduationSigned, VisitRecorded
from shared.events.referrals import ReferralCompleted
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock
from shared.kernel.calendar import add_months
from shared.referrals.handlers import hear_stages_offered, hear_stages_withdrawn
from shared.referrals.work import by_kind
from shared.storage import Database
from shared.storage.clock import advance
from tests.announcements import announced
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.shared.referrals import offers

KNOWN = by_kind(WORKS)
FOUND = {"omzet": 2_400_000, "profit": 600_000, "goods": "in-use", "condition": "growing"}


@pytest.fixture
def app(monitoring_db: Database) -> Flask:
    made = web_app("monitoring", monitoring_db)
    made.testing = True
    return made


@pytest.fixture
def offered(monitoring_db: Database) -> Callable[..., StageOffered]:
    def offer(does: str, **settings: Any) -> StageOffered:
        event = offers.offer(stage=does.partition(".")[2], does=does, settings=settings)
        for _twice in range(2):
            with monitoring_db.transaction() as session:
                hear_stages_offered(session, [offers.heard(event, {}, by="monitoring")], works=KNOWN)
        return event

    return offer


def call(app: Flask, officer: Officer, method: str, referral_id: UUID, what: str = "", **body: Any) -> Any:
    path = f"/monitoring/v1/dinsos/referrals/{referral_id}{what and '/' + what}"
    return app.test_client().open(path, method=method, json=body if method != "GET" else None, headers=bearer(officer))


def accepted(app: Flask, officer: Officer, event: StageOffered) -> UUID:
    answer = call(app, officer, "POST", event.referral_id, "accept")
    assert answer.status_code == 200, answer.text
    return event.referral_id


def told(base: Database) -> tuple[str, dict[str, Any]]:
    """How the last stage ended, as it was announced."""
    last = announced(base)[-1]
    assert isinstance(last, ReferralCompleted)
    return last.outcome, last.facts


def forward(base: Database, months: int) -> date:
    """Let so many months pass; gives the new day."""
    today = clock.today()
    advance([base], add_months(today, months) - today)
    with base.reading():
        return clock.today()


def test_three_visits_in_a_year_close_the_stage_with_the_last_ones_condition(
    app: Flask, offered: Callable[..., StageOffered], monitoring_db: Database
) -> None:
    officer = an_officer(Role.OFFICER)
    referral = accepted(app, officer, offered("monitoring.visits", months=[3, 6, 12]))
    begun = clock.today()
    plan = call(app, officer, "GET", referral).json["work"]["visits"]
    assert [visit["due_on"] for visit in plan] == [add_months(begun, months).isoformat() for months in (3, 6, 12)]
    assert call(app, officer, "POST", referral, "complete").status_code == 409
    findings = [
        FOUND,
        {**FOUND, "condition": "steady", "goods": "broken"},
        {**FOUND, "omzet": 0, "profit": -200_000, "condition": "stalled", "cause": "illness", "goods": "sold"},
    ]
    for months, found in zip((3, 3, 6), findings, strict=True):
        visited_on = forward(monitoring_db, months).isoformat()
        answer = call(app, officer, "PUT", referral, "work", visited_on=visited_on, **found)
        assert answer.status_code == 200, answer.text
    done = call(app, officer, "POST", referral, "complete")
    assert done.status_code == 200, done.text
    assert told(monitoring_db) == ("stalled", {"visits": 3, "omzet": 0, "profit": -200_000, "goods": "sold"})
    recorded = [each for each in announced(monitoring_db) if isinstance(each, VisitRecorded)]
    assert [(each.number, each.month, each.condition, each.cause) for each in recorded] == [
        (1, 3, "growing", None),
        (2, 6, "steady", None),
        (3, 12, "stalled", "illness"),
    ]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"visited_on": "2999-01-01"}, "visit-in-future"),
        ({"visited_on": "2001-01-01"}, "visit-before-previous"),
        ({"condition": "stalled"}, "cause-missing"),
        ({"cause": "market"}, "cause-not-wanted"),
        ({"profit": 2_400_001}, "profit-above-turnover"),
    ],
)
def test_findings_that_cannot_be_are_refused_and_nothing_is_announced(
    app: Flask,
    offered: Callable[..., StageOffered],
    monitoring_db: Database,
    changed: dict[str, Any],
    code: str,
) -> None:
    officer = an_officer(Role.OFFICER)
    referral = accepted(app, officer, offered("monitoring.visits", months=[3]))
    body = {"visited_on": clock.today().isoformat(), **FOUND, **changed}
    answer = call(app, officer, "PUT", referral, "work", **body)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert answer.json["errors"]
    assert not [each for each in announced(monitoring_db) if isinstance(each, VisitRecorded)]


def test_goods_passed_on_or_sold_need_approval_within_the_first_year_and_are_flagged_without_it(
    app: Flask, offered: Callable[..., StageOffered], monitoring_db: Database
) -> None:
    officer, sold = an_officer(Role.OFFICER), {**FOUND, "goods": "sold"}
    referral = accepted(app, officer, offered("monitoring.visits", months=[1, 3, 6, 18]))

    def visit(months: int, **found: Any) -> Any:
        visited_on = forward(monitoring_db, months).isoformat()
        return call(app, officer, "PUT", referral, "work", **{"visited_on": visited_on, **found})

    refused = visit(1, **FOUND, approval="SP-12/2023")
    assert (refused.status_code, refused.json["errors"].keys()) == (422, {"approval"})
    for months, found in ((0, FOUND), (2, {**sold, "approval": "SP-12/2023"}), (3, sold), (12, sold)):
        assert visit(months, **found).status_code == 200
    visits = call(app, officer, "GET", referral).json["work"]["visits"]
    assert [(each["goods"], each["approval"], each["is_flagged"]) for each in visits] == [
        ("in-use", None, False),
        ("sold", "SP-12/2023", False),
        ("sold", None, True),  # half a year after the beginning, and nobody had allowed it
        ("sold", None, False),  # a year and a half after it
    ]
    address = "/monitoring/v1/dinsos/sold-goods"
    (listed,) = app.test_client().get(address, headers=bearer(officer)).json["items"]
    assert (listed["referral_id"], listed["visited_on"]) == (str(referral), visits[2]["visited_on"])
    elsewhere = an_officer(Role.OFFICER, office="dinsos-kubar")
    assert app.test_client().get(address, headers=bearer(elsewhere)).json["items"] == []
    assert str(referral) in Browser(app, officer).get("/monitoring/dinsos/sold-goods").text
    assert "without approval" in Browser(app, officer).get(f"/monitoring/dinsos/referrals/{referral}").text


def test_a_visit_more_than_planned_is_refused(app: Flask, offered: Callable[..., StageOffered]) -> None:
    officer = an_officer(Role.OFFICER)
    referral = accepted(app, officer, offered("monitoring.visits", months=[3]))
    body = {"visited_on": clock.today().isoformat(), **FOUND}
    assert call(app, officer, "PUT", referral, "work", **body).status_code == 200
    again = call(app, officer, "PUT", referral, "work", **body)
    assert (again.status_code, again.json["code"]) == (409, "no-visit-planned")


def test_a_withdrawn_stage_keeps_the_visits_that_took_place(
    app: Flask, offered: Callable[..., StageOffered], monitoring_db: Database
) -> None:
    officer = an_officer(Role.OFFICER)
    event = offered("monitoring.visits", months=[3, 6, 12])
    referral = accepted(app, officer, event)
    call(app, officer, "PUT", referral, "work", visited_on=clock.today().isoformat(), **FOUND)
    for _twice in range(2):
        with monitoring_db.transaction() as session:
            withdrawn = offers.heard(offers.withdrawal(event), by="monitoring")
            hear_stages_withdrawn(session, [withdrawn], works=KNOWN)
    assert len(call(app, officer, "GET", referral).json["work"]["visits"]) == 1


def test_an_officer_and_a_head_sign_and_the_journey_graduates(
    app: Flask, offered: Callable[..., StageOffered], monitoring_db: Database
) -> None:
    officer, head = an_officer(Role.OFFICER), an_officer(Role.HEAD)
    referral = accepted(app, officer, offered("monitoring.graduation", signatures=2))
    early = call(app, head, "POST", referral, "complete", verdict="graduated")
    assert (early.status_code, early.json["code"]) == (409, "signature-missing")
    assert call(app, officer, "PUT", referral, "work", verdict="graduated").status_code == 200
    differing = call(app, head, "POST", referral, "complete", verdict="not-yet")
    assert (differing.status_code, differing.json["code"]) == (409, "verdicts-differ")
    done = call(app, head, "POST", referral, "complete", verdict="graduated")
    assert done.status_code == 200, done.text
    assert told(monitoring_db) == ("graduated", {"cause": None})
    signed = [each.number for each in announced(monitoring_db) if isinstance(each, GraduationSigned)]
    assert signed == [1, 2]


def test_the_same_person_does_not_sign_twice_even_as_head(app: Flask, offered: Callable[..., StageOffered]) -> None:
    both = an_officer(Role.OFFICER, Role.HEAD)
    referral = accepted(app, both, offered("monitoring.graduation", signatures=2))
    assert call(app, both, "PUT", referral, "work", verdict="graduated").status_code == 200
    again = call(app, both, "POST", referral, "complete", verdict="graduated")
    assert (again.status_code, again.json["code"]) == (403, "same-signer")


def test_an_officer_who_is_no_head_does_not_give_the_last_signature(
    app: Flask, offered: Callable[..., StageOffered]
) -> None:
    officer, other = an_officer(Role.OFFICER), an_officer(Role.OFFICER)
    referral = accepted(app, officer, offered("monitoring.graduation", signatures=2))
    call(app, officer, "PUT", referral, "work", verdict="failed", cause="market")
    assert call(app, other, "POST", referral, "complete", verdict="failed", cause="market").status_code == 403


def test_business_fails_and_its_cause_is_recorded(
    app: Flask, offered: Callable[..., StageOffered], monitoring_db: Database
) -> None:
    officer, head = an_officer(Role.OFFICER), an_officer(Role.HEAD)
    referral = accepted(app, officer, offered("monitoring.graduation", signatures=2))
    body = {"verdict": "failed", "cause": "market"}
    call(app, officer, "PUT", referral, "work", **body)
    assert call(app, head, "POST", referral, "complete", **body).status_code == 422
    why = {"because": "Pasar desa tutup."}
    assert call(app, head, "POST", referral, "complete", **body, **why).status_code == 200
    assert told(monitoring_db) == ("failed", {"cause": "market"})


def test_the_pages_do_what_the_endpoint_does(
    app: Flask, offered: Callable[..., StageOffered], monitoring_db: Database
) -> None:
    officer, head = an_officer(Role.OFFICER), an_officer(Role.HEAD)
    visits = accepted(app, officer, offered("monitoring.visits", months=[3]))
    address = f"/monitoring/dinsos/referrals/{visits}"
    browser = Browser(app, officer)
    assert "Visits planned" in browser.get(address).text
    refused = browser.submit(
        f"{address}/work", {"visited_on": clock.today().isoformat(), **FOUND, "condition": "stalled"}
    )
    assert refused.status_code == 422
    assert "stalled business needs its cause" in refused.text
    assert browser.submit(f"{address}/work", {"visited_on": clock.today().isoformat(), **FOUND}).status_code == 303
    assert browser.submit(f"{address}/complete").status_code == 303

    graduation = accepted(app, officer, offered("monitoring.graduation", signatures=2))
    address = f"/monitoring/dinsos/referrals/{graduation}"
    assert browser.submit(f"{address}/work", {"verdict": "graduated", "cause": ""}).status_code == 303
    assert "Petugas Uji" in Browser(app, head).get(address).text
    assert Browser(app, head).submit(f"{address}/complete", {"verdict": "graduated", "cause": ""}).status_code == 303
    outcomes = [each.outcome for each in announced(monitoring_db) if isinstance(each, ReferralCompleted)]
    assert outcomes == ["growing", "graduated"]


def test_five_hundred_offers_are_planned_at_once(monitoring_db: Database) -> None:
    events = [offers.offer(does="monitoring.visits", settings={"months": [3, 6, 12]}) for _ in range(500)]
    with monitoring_db.transaction() as session:
        hear_stages_offered(session, [offers.heard(each, {}, by="monitoring") for each in events], works=KNOWN)
    with monitoring_db.reading() as session:
        from services.monitoring.visits.models import Visit

        assert session.query(Visit).count() == 1_500
