"""Both doors of zakat, cooperatives and loans: a program and a person do the same."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from services.grants.funds.rules import Balance
from shared.identity.acting import Acting
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock
from shared.kernel.ids import new_id
from shared.storage import Database
from shared.web.roster import Roster
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer, token_of
from tests.grants.lender import CAPITAL_FUND, GRANT, ZAKAT_FUND, Lender, approved, baznas, in_days, koperasi, loan


@dataclass
class Program:
    """A program that acts for an officer."""

    app: Flask
    officer: Officer

    def __call__(self, method: str, address: str, body: Any = None, *, status: int = 200) -> Any:
        """Ask, expect this status, and give the answer's JSON."""
        path = f"/grants/v1/{self.officer.agency}/{address}"
        answer = self.app.test_client().open(path, method=method, json=body, headers=bearer(self.officer))
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json()


def serving(desk: Lender) -> Flask:
    app = web_app("grants", desk.database)
    app.testing = True
    return app


def people(desk: Lender) -> tuple[Officer, Officer]:
    office = desk.officer.office
    return (
        an_officer(Role.OFFICER, office=office, officer_id=desk.officer.id),
        an_officer(Role.APPROVER, office=office, officer_id=desk.approver.id),
    )


def typed(work: dict[str, Any], at: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in work.items():
        found |= typed(value, f"{at}{name}.") if isinstance(value, dict) else {f"{at}{name}": str(value)}
    return found


@pytest.mark.parametrize("door", ["program", "person"])
def test_zakat_is_given_and_lent_through_either_door(grants_db: Database, door: str) -> None:
    desk = baznas(grants_db, group=5)
    app = serving(desk)
    officer, approver = people(desk)
    for work, outcome in ((GRANT, "granted"), (loan(), "lent")):
        (referral,) = desk.offer("support", [desk.officer.id if outcome == "lent" else desk.approver.id])
        if door == "program":
            act, decide = Program(app, officer), Program(app, approver)
            act("POST", f"referrals/{referral}/accept")
            act("PUT", f"referrals/{referral}/work", work)
            assert act("GET", f"referrals/{referral}")["work"]["case"]["state"] == "assessed"
            assert decide("POST", f"referrals/{referral}/complete", approved())["outcome"] == outcome
        else:
            hers, theirs = Browser(app, officer), Browser(app, approver)
            address = f"/grants/baznas/referrals/{referral}"
            assert hers.submit(f"{address}/accept").status_code == 303
            assert "Had kifayah" in hers.get(address).get_data(as_text=True)
            assert hers.submit(f"{address}/work", typed(work)).status_code == 303
            shown = theirs.get(address).get_data(as_text=True)
            assert "by an approver who did not assess" in shown
            assert theirs.submit(f"{address}/complete", typed(work) | approved()).status_code == 303
            assert theirs.get(address).status_code == 200
    assert desk.balance(ZAKAT_FUND) == Balance(realised=2_500_000, lent=5_000_000)
    told = Program(app, officer)
    assert told("GET", "zakat/sums") == {"grants": 1, "granted": 2_500_000, "loans": 1, "lent": 5_000_000}
    assert {each["state"] for each in told("GET", "zakat")["items"]} == {"granted", "lent"}


def test_a_form_that_is_refused_says_why_beside_its_field(grants_db: Database) -> None:
    desk = baznas(grants_db)
    browser = Browser(serving(desk), people(desk)[0])
    referral = desk.one()
    address = f"/grants/baznas/referrals/{referral}/work"
    answer = browser.submit(address, typed(GRANT | {"income": 9_000_000}))
    assert answer.status_code == 422
    assert 'id="asnaf-error"' in answer.get_data(as_text=True)
    answer = browser.submit(address, typed(GRANT | {"amount": "dua juta"}))
    assert answer.status_code == 422
    assert 'value="dua juta"' in answer.get_data(as_text=True)


def test_a_repayment_is_booked_through_either_door(grants_db: Database) -> None:
    desk = baznas(grants_db)
    app = serving(desk)
    officer, approver = people(desk)
    referral = desk.one()
    desk.record(referral, loan(1_000_000, 4))
    desk.complete([referral], approved(), by=desk.approver)
    act, hers = Program(app, officer), Browser(app, officer)
    (found,) = act("GET", "loans")["items"]
    assert (found["state"], found["outstanding"], found["arrears"]) == ("running", 1_000_000, 0)
    paid = {"amount": 300_000, "paid_on": in_days(0), "receipt": "KW-1"}
    told = act("POST", f"loans/{found['id']}/repayments", paid, status=201)
    assert [each["paid"] for each in told["schedule"]] == [250_000, 50_000, 0, 0]
    assert act("POST", f"loans/{found['id']}/repayments", paid, status=409)["code"] == "receipt-used"
    too_much = {**paid, "receipt": "KW-2", "amount": 700_001}
    assert act("POST", f"loans/{found['id']}/repayments", too_much, status=422)["code"] == "more-than-owed"
    page = f"/grants/baznas/loans/{found['id']}"
    assert "Schedule of instalments" in hers.get(page).get_data(as_text=True)
    answer = hers.submit(f"{page}/repayments", typed(too_much))
    assert (answer.status_code, 'id="amount-error"' in answer.get_data(as_text=True)) == (422, True)
    assert hers.submit(f"{page}/repayments", typed({**paid, "receipt": "KW-2", "amount": 700_000})).status_code == 303
    assert act("GET", "loans?state=repaid")["items"][0]["repaid"] == 1_000_000
    assert act("GET", "loans?state=in-arrears")["items"] == []
    assert act("GET", "loans/sums") == {
        "loans": 1,
        "lent": 1_000_000,
        "repaid": 1_000_000,
        "outstanding": 0,
        "arrears": 0,
    }
    assert "Rp1.000.000" in hers.get("/grants/baznas/loans").get_data(as_text=True)
    for shown in (page, f"/grants/baznas/zakat/{found['id']}"):
        told = hers.get(shown).get_data(as_text=True)
        assert ">Dana</dd>" in told
        assert f">{ZAKAT_FUND}<" not in told
    assert "KW-2" in hers.get(f"/grants/baznas/funds/{ZAKAT_FUND}").get_data(as_text=True)
    assert approver.has(Role.APPROVER)
    Program(app, approver)("POST", f"loans/{found['id']}/repayments", paid, status=403)
    other = Program(app, an_officer(Role.OFFICER, office="koperasi-mataram"))
    assert other("GET", "loans")["items"] == []
    other("GET", f"loans/{found['id']}", status=404)


@pytest.mark.parametrize("door", ["program", "person"])
def test_a_cooperative_is_joined_and_capital_lent_through_either_door(grants_db: Database, door: str) -> None:
    desk = koperasi(grants_db, group=5)
    app = serving(desk)
    officer, approver = people(desk)
    act, decide, hers, theirs = (
        Program(app, officer),
        Program(app, approver),
        Browser(app, officer),
        Browser(app, approver),
    )
    registration = {"name": "Koperasi Wanita Melati", "area": "52.71.01", "formed_on": in_days(-400)}
    at = "/grants/koperasi/cooperatives"
    if door == "program":
        ahead = act("POST", "cooperatives", registration | {"formed_on": in_days(1)}, status=422)
        assert list(ahead["errors"]) == ["formed_on"]
        act("POST", "cooperatives", registration, status=201)
    else:
        assert hers.get(f"{at}/new").status_code == 200
        ahead = hers.submit(at, registration | {"formed_on": in_days(1)})
        assert (ahead.status_code, 'id="formed_on-error"' in ahead.text) == (422, True)
        assert hers.submit(at, registration | {"area": "99.99"}).status_code == 422
        assert hers.submit(at, registration).status_code == 303
    (known,) = act("GET", "cooperatives")["items"]
    (referral,) = desk.offer("support", [desk.officer.id])
    work = {
        "cooperative_id": known["id"],
        "savings": {"pokok": 100_000, "receipt": "KS-1"},
        "loan": {"amount": 6_000_000, "instalments": 12, "first_due": in_days(30)},
    }
    done = {"outcome": "member", "loan_verdict": "approved", "document": "AKAD-1", "handed_over_on": in_days(0)}
    page = f"/grants/koperasi/referrals/{referral}"
    if door == "program":
        act("POST", f"referrals/{referral}/accept")
        act("PUT", f"referrals/{referral}/work", work)
        assert act("GET", f"referrals/{referral}")["work"]["loan"]["amount"] == 6_000_000
        ahead = decide("POST", f"referrals/{referral}/complete", done | {"handed_over_on": in_days(1)}, status=422)
        assert list(ahead["errors"]) == ["handed_over_on"]
        unsaid = {name: each for name, each in done.items() if name != "outcome"}
        assert list(decide("POST", f"referrals/{referral}/complete", unsaid, status=422)["errors"]) == ["outcome"]
        assert decide("POST", f"referrals/{referral}/complete", done)["outcome"] == "joined"
    else:
        assert hers.submit(f"{page}/accept").status_code == 303
        assert hers.submit(f"{page}/work", typed(work)).status_code == 303
        assert "Koperasi Wanita Melati" in theirs.get(page).get_data(as_text=True)
        unsaid = {name: each for name, each in done.items() if name != "outcome"}
        assert theirs.submit(f"{page}/complete", typed(work) | unsaid).status_code == 422  # no answer makes no member
        assert theirs.submit(f"{page}/complete", typed(work) | done).status_code == 303
    assert desk.balance(CAPITAL_FUND) == Balance(lent=6_000_000)
    (member,) = act("GET", f"cooperatives/{known['id']}")["members"]
    saving = {"member_id": member["id"], "kind": "wajib", "amount": 25_000, "saved_on": in_days(0), "receipt": "KS-2"}
    unsaid, saving = saving, saving | {"taken_back": False}
    back = saving | {"taken_back": True, "receipt": "KS-3"}
    if door == "program":
        refused = act("POST", f"cooperatives/{known['id']}/savings", unsaid, status=422)
        assert list(refused["errors"]) == ["taken_back"]
        refused = act("POST", f"cooperatives/{known['id']}/savings", saving | {"saved_on": in_days(1)}, status=422)
        assert list(refused["errors"]) == ["saved_on"]
        act("POST", f"cooperatives/{known['id']}/savings", saving, status=201)
        act("POST", f"cooperatives/{known['id']}/savings", back, status=422)
        act("PUT", f"cooperatives/{known['id']}/legal-number", {"legal_number": "AHU-9"})
    else:
        one = f"{at}/{known['id']}"
        assert "Members and their savings" in hers.get(one).get_data(as_text=True)
        assert hers.submit(f"{one}/savings", typed(unsaid)).status_code == 422
        ahead = hers.submit(f"{one}/savings", typed(saving) | {"taken_back": "false", "saved_on": in_days(1)})
        assert (ahead.status_code, 'id="saved_on-error"' in ahead.text) == (422, True)
        assert hers.submit(f"{one}/savings", typed(saving) | {"taken_back": "false"}).status_code == 303
        assert hers.submit(f"{one}/savings", typed(back) | {"taken_back": "true"}).status_code == 422
        assert hers.submit(f"{one}/legal-number", {"legal_number": "AHU-9"}).status_code == 303
    told = act("GET", f"cooperatives/{known['id']}")
    assert (told["saved"], told["legal_number"], told["persons"]) == (125_000, "AHU-9", 5)
    assert len(act("GET", f"cooperatives/{known['id']}/savings")["items"]) == 2
    assert theirs.get(at).status_code == 200


def test_whoever_acts_for_a_post_is_named_at_the_loan_and_in_the_ledger(grants_db: Database) -> None:
    desk = baznas(grants_db)
    app = serving(desk)
    officer, _ = people(desk)
    title = "Plh. Kepala Baznas Kota Mataram, surat 12/Plh"
    until = clock.today() + timedelta(days=7)
    acting = an_officer(Role.OFFICER, office=officer.office).acts(
        Acting(id=new_id(), post=Role.HEAD, title=title, since=clock.now(), until=until, areas=("52.71",))
    )
    Roster().note(grants_db, token_of(acting))
    referral = desk.one()
    desk.record(referral, loan(1_000_000, 4))
    desk.complete([referral], approved(), by=acting)
    act, hers = Program(app, officer), Browser(app, officer)
    (found,) = act("GET", "loans")["items"]
    assert found["signed_as"] == f"{acting.name}, {title}"
    assert f"{acting.name}, {title}" in hers.get(f"/grants/baznas/loans/{found['id']}").text
    named = {each["move"]: each["signed_as"] for each in act("GET", f"funds/{ZAKAT_FUND}/entries")["items"]}
    assert named["lend"] == f"{acting.name}, {title}"
    assert named["reserve"] is None, "an officer set it aside as herself"
    assert act("GET", "funds")["items"][0]["signed_as"] is None
    assert hers.get(f"/grants/baznas/funds/{ZAKAT_FUND}").text.count(title) >= 1
