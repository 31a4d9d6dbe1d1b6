"""A stage that came back is owed a decision like any other work: in a worklist, with a clock, until it is decided."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from services.intake.journeys import commands, handing_over, moves
from services.intake.journeys.jobs import owe_decisions
from services.intake.journeys.models import Journey
from services.intake.journeys.moves import Move
from services.intake.worker import WORKS
from services.operate import accountability
from shared.events.intake import DecisionOwed, JourneyHandedOver, StageStuck, StuckBecause
from shared.events.referrals import (
    ReferralAccepted,
    ReferralCompleted,
    ReferralDeclined,
    ReferralEscalated,
    ReferralEvent,
    ReferralReminded,
    ReferralReturned,
    ReferralUnanswered,
    ReferralWithdrawn,
)
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import calendar, clock
from shared.kernel.ids import new_id
from shared.programmes import engine
from shared.programmes.definition import Programme
from shared.programmes.state import JourneyState
from shared.referrals import jobs
from shared.referrals.models import Referral
from shared.referrals.rules import ReferralState
from shared.referrals.work import by_kind
from shared.storage.clock import advance
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.intake.journeys.roads import OFFICER, Road

LIST = "/intake/dinsos/referrals"
API = "/intake/v1/dinsos/referrals"
NO = {"reason": "no-budget", "suggestion": "offer-elsewhere"}
CAME_BACK: dict[type[ReferralEvent], dict[str, str]] = {
    ReferralDeclined: NO,
    ReferralReturned: NO,
    ReferralUnanswered: {},
}


@pytest.fixture
def app(road: Road) -> Flask:
    made = web_app("intake", road.database)
    made.testing = True
    return made


@pytest.fixture
def desk(app: Flask) -> Browser:
    return Browser(app, OFFICER)


def owed(road: Road) -> list[Referral]:
    with road.database.reading() as session:
        return list(session.scalars(select(Referral).order_by(Referral.id)))


def come_back(road: Road, how: type[ReferralEvent] = ReferralDeclined, count: int = 1) -> list[UUID]:
    """Journeys whose first stage came back undone."""
    journeys = road.set_out(count)
    sealed = {"explanation": "Kuota habis"} if CAME_BACK[how] else None
    for each in journeys:
        road.hear(road.of(how, each, "verification", **CAME_BACK[how]), sealed=sealed)
    return journeys


def wrong(road: Road) -> list[str]:
    return [
        what for _, what in accountability.findings({"intake": road.database}) if "decision" in what or "nobody" in what
    ]


def decide(app: Flask, referral: UUID, **given: Any) -> Any:
    client = app.test_client()
    client.post(f"{API}/{referral}/accept", headers=bearer(OFFICER))
    return client.post(f"{API}/{referral}/complete", json=given, headers=bearer(OFFICER))


@pytest.mark.parametrize("how", CAME_BACK)
def test_whatever_comes_back_is_owed_by_the_leading_office_with_a_clock(road: Road, how: type[ReferralEvent]) -> None:
    (journey,) = come_back(road, how)
    (stuck,), (told,) = road.said(StageStuck), road.said(DecisionOwed)
    (row,) = owed(road)
    assert (row.id, row.journey_id, row.stage) == (told.referral_id, journey, "verification")
    assert (row.agency, row.office, row.sender_office) == ("dinsos", "dinsos-kaltim", "dinsos-kukar")
    assert (told.undone, told.why) == (stuck.referral_id, stuck.why)
    assert row.state is ReferralState.OFFERED
    assert row.due_at == told.due_at == calendar.deadline(clock.now(), 5)
    assert row.remind_at == told.remind_at == calendar.half_way(clock.now(), row.due_at)
    assert row.expires_at is None  # silence is no decision
    assert road.journey(journey).state["stages"]["verification"]["due_at"] == row.due_at.isoformat()
    assert wrong(road) == []


def test_it_lies_in_the_list_where_she_looks(road: Road, desk: Browser, app: Flask) -> None:
    come_back(road)
    (row,) = owed(road)
    for address in (LIST, "/intake/dinsos/desk"):
        assert "To decide: Verification against the registries" in desk.get(address).text, address
    assert 'href="/intake/dinsos/referrals"' in desk.get("/").text
    counts = app.test_client().get(f"{API}/counts", headers=bearer(OFFICER)).json
    assert counts["by_state"] == {"offered": 1}
    page = desk.get(f"{LIST}/{row.id}").text
    for said in ("Kuota habis", "No budget", "Offer it to another office", "Dinas Sosial Kabupaten Kutai Kartanegara"):
        assert said in page
    assert "/decline" not in page
    neighbour = Browser(app, an_officer(Role.OFFICER, office="dinsos-kukar"))
    assert "To decide" not in neighbour.get(LIST).text


def test_it_is_reminded_of_and_escalated_and_never_taken_away(road: Road) -> None:
    come_back(road)
    works = by_kind(WORKS)
    for days in (8, 4, 200):
        advance([road.database], timedelta(days=days))
        jobs.ring_deadlines(road.database, works)
    assert (len(road.said(ReferralReminded)), len(road.said(ReferralEscalated))) == (1, 1)
    assert road.said(ReferralUnanswered) == []
    assert owed(road)[0].state in (ReferralState.OFFERED, ReferralState.OPENED)


def test_half_of_its_time_gone_the_office_is_reminded(road: Road) -> None:
    come_back(road)
    (row,) = owed(road)
    advance([road.database], row.remind_at - clock.now() + timedelta(seconds=1))
    jobs.ring_deadlines(road.database, by_kind(WORKS))
    assert [each.referral_id for each in road.said(ReferralReminded)] == [row.id]


def test_the_stage_is_offered_to_another_office_from_its_page(road: Road, desk: Browser) -> None:
    (journey,) = come_back(road)
    (row,) = owed(road)
    road.staff("dinsos-kaltim", "dinsos-samarinda")
    assert desk.submit(f"{LIST}/{row.id}/accept").status_code == 303
    page = desk.get(f"{LIST}/{row.id}").text
    assert 'value="offer-again"' in page
    assert "dinsos-samarinda" not in page  # nobody there works where she lives
    answer = desk.submit(f"{LIST}/{row.id}/complete", {"decision": "offer-again", "office": "dinsos-kaltim"})
    assert answer.status_code == 303
    (row,) = owed(road)
    assert (row.state, row.outcome, row.handled_by) == (ReferralState.COMPLETED, "offered-again", OFFICER.id)
    assert road.offers(journey)[-1].office == "dinsos-kaltim"
    assert [type(each) for each in road.said()[-3:]][-1] is ReferralCompleted
    assert wrong(road) == []


def test_many_that_came_back_are_offered_together_to_another_office_and_who_lives_elsewhere_is_left_out(
    road: Road, desk: Browser
) -> None:
    journeys = come_back(road, count=3)
    rows = owed(road)
    road.staff("dinsos-kaltim", "dinsos-samarinda")
    for each in rows:
        assert desk.submit(f"{LIST}/{each.id}/accept").status_code == 303
    chosen = {"act": "report", "ids[]": [str(each.id) for each in rows]}
    asked = desk.submit(f"{LIST}/together?act=report", chosen).text
    assert ('value="dinsos-kaltim"' in asked, "dinsos-samarinda" in asked) == (True, False)
    before = len(road.said())
    nowhere = {**chosen, "decision": "offer-again", "office": "dinsos-samarinda"}
    assert desk.do_together(LIST, nowhere).status_code == 200
    assert len(road.said()) == before, "nobody there works where they live"
    told = {**chosen, "decision": "offer-again", "office": "dinsos-kaltim"}
    assert desk.submit(f"{LIST}/together/look", told).status_code == 200
    assert len(road.said()) == before, "only looked at"
    for _ in range(2):
        assert desk.do_together(LIST, told).status_code == 200
    assert {each.outcome for each in owed(road)} == {"offered-again"}
    assert [road.offers(each)[-1].office for each in journeys] == ["dinsos-kaltim"] * 3
    assert [len(road.offers(each)) for each in journeys] == [2] * 3, "each once"
    assert wrong(road) == []


def test_the_journey_is_ended_from_its_page_for_a_reason(road: Road, app: Flask) -> None:
    (journey,) = come_back(road)
    (row,) = owed(road)
    without = decide(app, row.id, decision="end")
    assert (without.status_code, set(without.json["errors"])) == (422, {"reason"})
    assert decide(app, row.id, decision="end", reason="Pindah ke provinsi lain").status_code == 200
    ended = road.journey(journey)
    assert (ended.outcome, ended.end_reason) == ("stopped", "Pindah ke provinsi lain")
    assert owed(road)[0].outcome == "ended"


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"decision": "offer-again", "office": "bappeda-kaltim"}, 422, "office-of-another-role"),
        ({"decision": "offer-again", "office": "nowhere"}, 404, None),
        ({"decision": "offer-again", "office": "dinsos-samarinda"}, 422, "nobody-there"),
        ({"decision": "wait"}, 422, None),
        ({}, 422, None),
        ({"decision": "offer-again", "unknown": 1}, 422, None),
    ],
)
def test_what_is_no_decision_is_refused_and_nothing_is_half_done(
    road: Road, app: Flask, given: dict[str, Any], status: int, code: str | None
) -> None:
    (journey,) = come_back(road)
    (row,) = owed(road)
    answer = decide(app, row.id, **given)
    assert answer.status_code == status, answer.json
    assert code is None or answer.json["code"] == code
    assert road.journey(journey).is_stuck
    assert owed(road)[0].state is ReferralState.ACCEPTED


def test_it_cannot_be_declined_nor_given_back(road: Road, app: Flask) -> None:
    come_back(road)
    (row,) = owed(road)
    client, no = app.test_client(), {**NO, "explanation": "Bukan kami."}
    shown = client.get(f"{API}/{row.id}", headers=bearer(OFFICER)).json
    assert shown["moves"] == ["accept"]
    assert client.post(f"{API}/{row.id}/decline", json=no, headers=bearer(OFFICER)).json["code"] == "nobody-elses"
    client.post(f"{API}/{row.id}/accept", headers=bearer(OFFICER))
    assert client.post(f"{API}/{row.id}/return", json=no, headers=bearer(OFFICER)).json["code"] == "nobody-elses"
    assert owed(road)[0].state is ReferralState.ACCEPTED


def test_decided_on_the_journeys_page_it_is_done_by_whoever_did(road: Road) -> None:
    (journey,) = come_back(road)
    with road.database.transaction() as session:
        commands.reoffer_stage(session, OFFICER, journey, "verification", None)
    (row,) = owed(road)
    assert (row.state, row.outcome, row.accepted_by) == (ReferralState.COMPLETED, "offered-again", OFFICER.id)
    assert [each.referral_id for each in road.said(ReferralAccepted)] == [row.id]
    assert wrong(road) == []


@pytest.mark.parametrize("how", ["end", "withdraw", "withdraw elsewhere", "die"])
def test_a_journey_that_ends_leaves_nothing_owed(road: Road, how: str) -> None:
    (journey,) = come_back(road)
    with road.database.transaction() as session:
        if how == "end":
            commands.end_journey(session, OFFICER, journey, "sudah dibantu")
        elif how == "die":
            commands.stop_journeys_of(session, session.get_one(Journey, journey).subject_id, "Meninggal dunia")
        else:
            at = "dinsos-kukar" if "elsewhere" in how else OFFICER.office
            commands.withdraw_journey(session, an_officer(Role.OFFICER, office=at), journey, "pindah")
    (row,) = owed(road)
    by_the_lead = how in ("end", "withdraw")
    assert row.state is (ReferralState.COMPLETED if by_the_lead else ReferralState.WITHDRAWN)
    assert row.outcome == ("ended" if by_the_lead else None)
    assert len(road.said(ReferralWithdrawn)) == (0 if by_the_lead else 1)
    assert wrong(road) == []


def test_it_is_decided_on_what_the_stages_before_reported(road: Road, desk: Browser) -> None:
    (journey,) = road.set_out()
    road.complete("verification", "eligible", {"checked_on": "2026-11-30"}, journey)
    road.hear(road.of(ReferralUnanswered, journey, "proposal"))
    (row,) = owed(road)
    assert row.earlier == {"verification": {"outcome": "eligible", "facts": {"checked_on": "2026-11-30"}}}
    assert "This is the first stage." not in desk.get(f"{LIST}/{row.id}").text


def test_what_comes_back_twice_is_owed_twice(road: Road) -> None:
    (journey,) = come_back(road)
    with road.database.transaction() as session:
        commands.reoffer_stage(session, OFFICER, journey, "verification", None)
    road.hear(road.of(ReferralUnanswered, journey, "verification"))
    first, second = owed(road)
    assert (first.state, second.state) == (ReferralState.COMPLETED, ReferralState.OFFERED)
    assert second.attempt == 2
    assert wrong(road) == []


def test_many_are_decided_at_once_or_none(road: Road, app: Flask) -> None:
    journeys = come_back(road, count=3)
    client, rows = app.test_client(), owed(road)
    client.post(f"{API}/accept", json={"ids": [str(each.id) for each in rows]}, headers=bearer(OFFICER))
    done = [{"id": str(each.id), "done": {"decision": "offer-again"}} for each in rows]
    spoilt = [*done[:2], {"id": done[2]["id"], "done": {"decision": "offer-again", "office": "bappeda-kaltim"}}]
    assert client.post(f"{API}/complete", json={"referrals": spoilt}, headers=bearer(OFFICER)).status_code == 422
    assert all(road.journey(each).is_stuck for each in journeys)
    assert client.post(f"{API}/complete", json={"referrals": done}, headers=bearer(OFFICER)).status_code == 200
    assert not any(road.journey(each).is_stuck for each in journeys)
    assert wrong(road) == []


def test_an_officer_who_may_not_steer_decides_nothing(road: Road, app: Flask) -> None:
    (journey,) = come_back(road)
    (row,) = owed(road)
    client, approver = app.test_client(), bearer(an_officer(Role.APPROVER))
    client.post(f"{API}/{row.id}/accept", headers=approver)
    answer = client.post(f"{API}/{row.id}/complete", json={"decision": "offer-again"}, headers=approver)
    assert (answer.status_code, answer.json["code"]) == (403, "role-missing")
    assert road.journey(journey).is_stuck


def test_an_approver_sees_what_came_back_and_no_link_that_is_not_hers(road: Road, app: Flask) -> None:
    come_back(road)
    (row,) = owed(road)
    page = Browser(app, an_officer(Role.APPROVER)).get(f"{LIST}/{row.id}").text
    assert "Kuota habis" in page
    assert f'href="/intake/dinsos/journeys/{row.journey_id}"' not in page
    assert f'href="/intake/dinsos/journeys/{row.journey_id}"' in Browser(app, OFFICER).get(f"{LIST}/{row.id}").text


def test_a_key_that_may_not_steer_decides_nothing(road: Road, app: Flask) -> None:
    (journey,) = come_back(road)
    (row,) = owed(road)
    program = Officer(**{**vars(OFFICER), "scopes": frozenset({"referrals.work", "referrals.read"})})
    client = app.test_client()
    client.post(f"{API}/{row.id}/accept", headers=bearer(program))
    answer = client.post(f"{API}/{row.id}/complete", json={"decision": "offer-again"}, headers=bearer(program))
    assert (answer.status_code, answer.json["code"]) == (403, "not-with-this-key")
    assert road.journey(journey).is_stuck


def test_of_two_stages_that_came_back_only_the_one_decided_on_is_done(road: Road) -> None:
    (journey,) = come_back(road)
    with road.database.transaction() as session:
        (first,) = session.scalars(select(Referral))
        kept = {each.name: getattr(first, each.name) for each in Referral.__table__.columns if each.name != "id"}
        session.add(Referral(id=new_id(), **kept | {"stage": "proposal", "settings": {"undone": str(new_id())}}))
    with road.database.transaction() as session:
        commands.reoffer_stage(session, OFFICER, journey, "verification", None)
    assert {each.stage: each.state for each in owed(road)} == {
        "verification": ReferralState.COMPLETED,
        "proposal": ReferralState.OFFERED,
    }


def test_offered_again_and_back_in_one_breath_it_is_owed_anew(road: Road) -> None:
    (journey,) = come_back(road)
    (before,) = owed(road)
    again = new_id()

    def offer_and_lose(programme: Programme, state: JourneyState, consents: engine.Consents) -> engine.Step:
        offered = engine.advance(programme, state, engine.OfferAgain("verification"), lambda: again, consents)
        lost = engine.Undone("verification", again, engine.CameBack.DECLINED)
        return engine.advance(programme, offered.journey, lost, new_id, consents)

    with road.database.transaction() as session:
        moves.carry(session, [Move(journey, offer_and_lose)])
    states = {each.id: each.state for each in owed(road)}
    assert states.pop(before.id) is ReferralState.WITHDRAWN
    assert list(states.values()) == [ReferralState.OFFERED]
    assert wrong(road) == []


def test_what_the_journey_no_longer_waits_for_is_not_decided(road: Road, app: Flask) -> None:
    (journey,) = come_back(road)
    (row,) = owed(road)
    with road.database.transaction() as session:
        commands.end_journey(session, OFFICER, journey, "sudah dibantu")
    assert decide(app, row.id, decision="offer-again").json["code"] == "already-closed"


def test_a_successor_owes_what_its_predecessor_owed(road: Road) -> None:
    (journey,) = come_back(road)
    (row,) = owed(road)
    with road.database.transaction() as session:
        (told,) = handing_over.hand_journeys_over(session, "dinsos-kaltim", "dinsos-samarinda")
    assert isinstance(told, JourneyHandedOver)
    assert set(told.referrals) == {row.id, road.referral(journey, "verification")}


def test_what_stood_undecided_before_decisions_were_owed_is_owed_once(road: Road) -> None:
    come_back(road, count=2)
    with road.database.transaction() as session:
        session.execute(delete(Referral))
    assert len(wrong(road)) == 2
    owe_decisions.ring(road.database)
    assert wrong(road) == []
    owe_decisions.ring(road.database)
    assert len(owed(road)) == 2
    assert len(road.said(DecisionOwed)) == 4
    assert {each.why for each in road.said(DecisionOwed)} == {StuckBecause.DECLINED}
    assert all(each.due_at >= clock.now() for each in owed(road))


SPOILT = {
    "nobody owes it": lambda row: delete(Referral).where(Referral.id == row.id),
    "another office owes it": lambda row: update(Referral).values(office="dinsos-kukar"),
    "it is on another stage": lambda row: update(Referral).values(stage="proposal"),
    "it is on something else": lambda row: update(Referral).values(
        settings={"undone": str(new_id()), "why": "declined"}
    ),
    "it is done, and nothing was": lambda row: update(Referral).values(state="withdrawn", closed_at=row.offered_at),
}


@pytest.mark.parametrize("how", SPOILT)
def test_the_audit_finds_a_decision_that_nobody_would_take(road: Road, how: str) -> None:
    come_back(road)
    (row,) = owed(road)
    assert list(accountability.findings({"intake": road.database})) == []
    with road.database.transaction() as session:
        session.execute(SPOILT[how](row))
    assert list(accountability.findings({"intake": road.database})) != []


def test_the_audit_finds_a_decision_that_no_journey_waits_for(road: Road) -> None:
    come_back(road)
    with road.database.transaction() as session:
        (journey,) = session.scalars(select(Journey))
        stages = {
            name: {**stage, "standing": "done", "outcome": "eligible"}
            for name, stage in journey.state["stages"].items()
        }
        journey.state, journey.is_stuck = {"stages": stages}, False
    assert any("which nobody waits for" in what for _, what in accountability.findings({"intake": road.database}))
