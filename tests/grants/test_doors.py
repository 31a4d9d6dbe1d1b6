"""Both doors of grants, with real tokens, cookies and forms: a program and a person carry a grant to its end."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from services.grants.funds.models import Fund
from services.grants.funds.rules import Balance
from services.grants.goods.rules import GrantState
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock, ids
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.grants.desk import AS_AGREED, FUND, RAB, TOTAL, Desk, deed, found, order, sk

V1, PAGES = "/grants/v1/dinsos", "/grants/dinsos"


@dataclass
class Program:
    """A program that acts for an officer."""

    app: Flask
    officer: Officer

    def __call__(self, method: str, address: str, body: Any = None, *, status: int = 200) -> Any:
        """Ask, expect this status, and give the answer's JSON."""
        answer = self.app.test_client().open(f"{V1}/{address}", method=method, json=body, headers=bearer(self.officer))
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json()


@pytest.fixture
def app(desk: Desk) -> Flask:
    made = web_app("grants", desk.database)
    made.testing = True
    return made


@pytest.fixture
def program(app: Flask, desk: Desk) -> Program:
    """Acts for the desk's officer."""
    return Program(app, an_officer(Role.OFFICER, officer_id=desk.officer.id))


@pytest.fixture
def approver(app: Flask, desk: Desk) -> Program:
    """Acts for the desk's approver."""
    return Program(app, an_officer(Role.APPROVER, officer_id=desk.approver.id))


def test_a_program_carries_a_grant_from_proposal_to_account(program: Program, approver: Program, desk: Desk) -> None:
    journey = ids.new_id()
    for stage, work, signer, end in (
        ("proposal", {"lines": RAB}, program, {"outcome": "submitted"}),
        ("decision", sk(), approver, {}),
        ("hand-over", {"order": order(), "deed": deed(), "lines": AS_AGREED}, program, {}),
        ("accountability", {"lines": _spent()}, program, {"outcome": "accepted"}),
    ):
        (referral,) = desk.offer(stage, [journey])
        program("POST", f"referrals/{referral}/accept")
        program("PUT", f"referrals/{referral}/work", work)
        told = program("GET", f"referrals/{referral}")
        assert told["work"]["grant"]["journey_id"] == str(journey)
        if end:
            silent = signer("POST", f"referrals/{referral}/complete", {}, status=422)
            assert list(silent["errors"]) == ["outcome"]
        done = signer("POST", f"referrals/{referral}/complete", end)
        assert done["state"] == "completed"
    assert desk.balance() == Balance(realised=TOTAL)
    assert desk.grant(journey).state is GrantState.ACCOUNTED


def test_a_person_carries_a_grant_from_proposal_to_account(app: Flask, desk: Desk) -> None:
    hers = Browser(app, an_officer(Role.OFFICER, officer_id=desk.officer.id))
    approvers = Browser(app, an_officer(Role.APPROVER, officer_id=desk.approver.id))
    journey = ids.new_id()
    for stage, form, signer in (
        ("proposal", _typed({"lines": RAB}) | {"lines.5.item": "", "outcome": "submitted"}, hers),
        ("decision", sk(), approvers),
        ("hand-over", _typed({"order": order(), "deed": deed(), "lines": AS_AGREED}), hers),
        ("accountability", _typed({"lines": _spent()}) | {"outcome": "accepted"}, hers),
    ):
        (referral,) = desk.offer(stage, [journey])
        assert hers.submit(f"{PAGES}/referrals/{referral}/accept").status_code == 303
        assert hers.get(f"{PAGES}/referrals/{referral}").status_code == 200
        assert hers.submit(f"{PAGES}/referrals/{referral}/work", form).status_code == 303
        page = hers.get(f"{PAGES}/referrals/{referral}").get_data(as_text=True)
        assert {"proposal": "Freezer", "decision": "460/112", "hand-over": "BAST-01", "accountability": "KW-2"}[
            stage
        ] in page
        assert signer.submit(f"{PAGES}/referrals/{referral}/complete", form).status_code == 303
        assert signer.get(f"{PAGES}/referrals/{referral}").status_code == 200
    assert desk.balance() == Balance(realised=TOTAL)
    assert desk.grant(journey).state is GrantState.ACCOUNTED


def test_a_form_that_is_refused_comes_back_with_what_was_typed_and_why(app: Flask, desk: Desk) -> None:
    hers = Browser(app, an_officer(Role.OFFICER, officer_id=desk.officer.id))
    (proposal,) = desk.take("proposal", [ids.new_id()])
    answer = hers.submit(f"{PAGES}/referrals/{proposal}/work", _typed({"lines": [{**RAB[0], "quantity": "dua"}]}))
    assert answer.status_code == 422
    assert 'value="dua"' in answer.get_data(as_text=True)
    answer = hers.submit(f"{PAGES}/referrals/{proposal}/work", _typed({"lines": [{**RAB[0], "quantity": "9"}]}))
    assert answer.status_code == 422
    assert "Rp15.000.000" in answer.get_data(as_text=True)


def test_a_price_above_the_rab_is_a_problem_with_a_stable_code(program: Program, desk: Desk) -> None:
    _, referral = desk.ordered()
    over = {"deed": deed(), "lines": [found(1, "as-agreed", 2, 3_000_001)]}
    assert program("PUT", f"referrals/{referral}/work", over, status=422)["code"] == "above-rab"


def test_forty_decisions_are_signed_with_one_request(approver: Program, desk: Desk) -> None:
    referrals = desk.prepare(desk.propose(40))
    done = approver("POST", "referrals/complete", {"referrals": [{"id": str(each), "done": {}} for each in referrals]})
    assert {each["outcome"] for each in done} == {"accepted"}
    assert desk.balance() == Balance(committed=600_000_000)


def test_the_rest_of_a_short_delivery_comes_through_either_door(program: Program, app: Flask, desk: Desk) -> None:
    hers = Browser(app, program.officer)
    for later in ("program", "person"):
        journey, referral = desk.ordered()
        desk.complete([referral], {"deed": deed(), "lines": [found(1, "short", 1, 3_000_000), AS_AGREED[1]]})
        grant, rest = desk.grant(journey).id, {"deed": deed("BAST-02"), "lines": [found(1, "as-agreed", 1, 3_000_000)]}
        assert "Hand over the rest" in hers.get(f"{PAGES}/grants/{grant}").get_data(as_text=True)
        if later == "program":
            told = program("POST", f"grants/{grant}/deliveries", rest, status=201)
            assert [line["open_quantity"] for line in told["lines"]] == [0, 0]
        else:
            assert hers.submit(f"{PAGES}/grants/{grant}/deliveries", _typed(rest)).status_code == 303
        assert [each["number"] for each in program("GET", f"grants/{grant}")["deeds"]] == ["BAST-01", "BAST-02"]
    assert desk.balance() == Balance(realised=2 * TOTAL)


def test_what_else_befalls_a_grant_can_be_recorded_through_either_door(
    program: Program, approver: Program, app: Flask, desk: Desk
) -> None:
    hers, approvers = Browser(app, program.officer), Browser(app, approver.officer)
    change = {"quantity": 36, "unit_price": 245_000, "reason": "Harga beras naik"}
    for door in ("program", "person"):
        journey, referral = desk.ordered()
        grant = desk.grant(journey).id
        if door == "program":
            program("POST", f"grants/{grant}/lines/2/changes", change, status=201)
            approver("POST", f"grants/{grant}/lines/2/changes/approve")
            program("POST", f"grants/{grant}/orders/fail", {"because": "Gudang terbakar"})
        else:
            assert hers.submit(f"{PAGES}/grants/{grant}/changes", change | {"number": "2"}).status_code == 303
            assert "approved again" in approvers.get(f"{PAGES}/grants/{grant}").get_data(as_text=True)
            assert approvers.submit(f"{PAGES}/grants/{grant}/lines/2/changes/approve").status_code == 303
            assert hers.submit_twice(f"{PAGES}/grants/{grant}/orders/fail", {"because": "Terbakar"}).status_code == 303
        told = program("GET", f"grants/{grant}")
        assert (told["total"], told["orders"][0]["state"]) == (6_000_000 + 36 * 245_000, "failed")
        program("PUT", f"referrals/{referral}/work", {"order": order("SP-02")})
        lines = [found(1, "short", 1, 3_000_000), found(2, "as-agreed", 36, 245_000)]
        desk.complete([referral], {"deed": deed(), "lines": lines})
        refund = {"amount": 100_000, "document": "STS-7"}
        if door == "program":
            program("POST", f"grants/{grant}/refunds", refund, status=201)
            program("POST", f"grants/{grant}/lines/1/close")
        else:
            assert hers.submit(f"{PAGES}/grants/{grant}/refunds", refund).status_code == 303
            assert hers.submit_twice(f"{PAGES}/grants/{grant}/lines/1/close").status_code == 303
    assert desk.balance() == Balance(realised=2 * 11_720_000, returned=200_000)


def test_a_head_opens_a_fund_and_reads_its_ledger_through_either_door(app: Flask, desk: Desk) -> None:
    head = Program(app, an_officer(Role.HEAD))
    hers = Browser(app, head.officer)
    desk.granted()
    opening = {
        "id": "apbd-kaltim-2023-wrse",
        "title": "APBD Provinsi Kaltim 2023: WRSE",
        "title_en": "Budget of East Kalimantan 2023: WRSE",
        "source": "apbd",
        "owner_office": "dinsos-kaltim",
        "budget_year": 2023,
        "ceiling": 150_000_000,
        "ceiling_note": "50 orang x Rp3.000.000 (turunan)",
    }
    assert head("POST", "funds", opening, status=201)["free"] == 150_000_000
    assert head("POST", "funds", opening | {"ceiling": 1}, status=409)["code"] == "fund-already-open"
    untitled = opening | {"id": "apbd-kaltim-2023-lain", "title_en": ""}
    assert hers.submit(f"{PAGES}/funds", untitled).status_code == 303
    assert {each["id"] for each in head("GET", "funds")["items"]} == {FUND, opening["id"], "apbd-kaltim-2023-lain"}
    assert [each["move"] for each in head("GET", f"funds/{FUND}/entries")["items"]] == ["commit", "reserve"]
    assert "Rp585.000.000" in hers.get(f"{PAGES}/funds").get_data(as_text=True)
    page = hers.get(f"{PAGES}/funds/{FUND}").get_data(as_text=True)
    assert "460/112/SK/2023" in page
    assert clock.today().year > 2023
    assert head("POST", f"funds/{FUND}/close") == {"lapsed": TOTAL}
    assert hers.submit_twice(f"{PAGES}/funds/{opening['id']}/close").status_code == 303
    assert "closed" in hers.get(f"{PAGES}/funds").get_data(as_text=True)


def test_a_fund_is_called_by_its_title_in_the_readers_language(app: Flask, desk: Desk) -> None:
    (journey,) = desk.granted()
    with desk.database.transaction() as session:
        session.execute(update(Fund).where(Fund.id == FUND).values(title_en="Budget of East Kalimantan: KUBE"))
    english = an_officer(Role.OFFICER)
    for reader, title in (
        (english, "Budget of East Kalimantan: KUBE"),
        (replace(english, language="id"), "APBD Provinsi Kaltim 2023: KUBE"),
    ):
        for address in (f"grants/{desk.grant(journey).id}", "funds", f"funds/{FUND}"):
            page = Browser(app, reader).get(f"{PAGES}/{address}").text
            assert title in page, address
            assert f">{FUND}<" not in page
    (money,) = Program(app, english)("GET", f"grants/{desk.grant(journey).id}")["money"]
    assert (money["fund"], money["title_en"]) == (FUND, "Budget of East Kalimantan: KUBE")


def test_lists_and_forms_are_shown_and_other_offices_see_nothing(app: Flask, desk: Desk) -> None:
    (journey,) = desk.granted()
    grant = desk.grant(journey).id
    hers = Browser(app, an_officer(Role.HEAD))
    for address in ("grants", "grants?state=accepted", "funds/new", f"grants/{grant}"):
        assert hers.get(f"{PAGES}/{address}").status_code == 200, address
    other = Program(app, an_officer(Role.OFFICER, office="dinsos-kukar"))
    assert other("GET", "grants")["items"] == []
    assert other("GET", f"grants/{grant}", status=404)["code"] == "not-found"
    assert other("GET", f"funds/{FUND}", status=404)["code"] == "no-such-fund"


def _spent() -> list[dict[str, Any]]:
    return [
        {"number": 1, "spent": 6_000_000, "receipt": "KW-1"},
        {"number": 2, "spent": 9_000_000, "receipt": "KW-2"},
    ]


def _typed(content: Any, at: str = "") -> dict[str, Any]:
    """JSON as the fields of a page's form."""
    if isinstance(content, list) and all(isinstance(each, str) for each in content):
        return {f"{at}[]": content}
    pairs = enumerate(content) if isinstance(content, list) else content.items()
    typed: dict[str, Any] = {}
    for key, inner in pairs:
        name = f"{at}.{key}" if at else str(key)
        typed |= _typed(inner, name) if isinstance(inner, dict | list) else {name: str(inner)}
    return typed
