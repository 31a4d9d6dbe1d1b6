"""Both doors of entitlements: seen before it is decided, answered on the form, and asked about afterwards."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from shared.identity.rules import Role
from shared.privacy.looks import Look
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.grants.desk import Desk, sk, somebody
from tests.grants.entitlements.stories import KUBE, REASON, WRSE, granted, journey

V1, PAGES = "/grants/v1/dinsos", "/grants/dinsos"


@pytest.fixture
def app(desk: Desk) -> Flask:
    made = web_app("grants", desk.database)
    made.testing = True
    return made


def ask(app: Flask, officer: Any, method: str, address: str, body: Any = None, *, status: int = 200) -> Any:
    """Ask as a program, expect this status, and give the answer's JSON."""
    answer = app.test_client().open(f"{V1}/{address}", method=method, json=body, headers=bearer(officer))
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_json()


def test_a_program_sees_other_aid_answers_the_warning_and_is_signed(app: Flask, desk: Desk) -> None:
    hers = an_officer(Role.OFFICER, officer_id=desk.officer.id)
    (referral,) = desk.take("decision", [journey(desk, [somebody(None, None, "PKH"), somebody()])])
    aid = ask(app, hers, "GET", f"referrals/{referral}")["work"]["aid"]
    assert aid == {
        "year": 2023,
        "people": 2,
        "met": [
            {
                "other": "PKH",
                "agency": None,
                "office": None,
                "policy": "warn",
                "members": 1,
                "amount": None,
                "acknowledged": False,
            }
        ],
    }
    refused = ask(app, hers, "PUT", f"referrals/{referral}/work", sk(), status=422)
    assert refused["code"] == "aid-not-acknowledged"
    assert list(refused["errors"]) == ["aid_acknowledged"]
    ask(app, hers, "PUT", f"referrals/{referral}/work", sk() | {"aid_acknowledged": REASON})
    work = ask(app, hers, "GET", f"referrals/{referral}")["work"]
    assert (work["aid"]["met"][0]["acknowledged"], work["aid_acknowledged"]) == (True, REASON)
    approver = an_officer(Role.APPROVER, officer_id=desk.approver.id)
    assert ask(app, approver, "POST", f"referrals/{referral}/complete", {})["outcome"] == "accepted"


def test_a_person_sees_other_aid_answers_the_warning_and_signs(app: Flask, desk: Desk) -> None:
    hers = Browser(app, an_officer(Role.OFFICER, officer_id=desk.officer.id))
    approvers = Browser(app, an_officer(Role.APPROVER, officer_id=desk.approver.id))
    (referral,) = desk.take("decision", [journey(desk, [somebody(None, None, "PKH"), somebody()])])
    page = hers.get(f"{PAGES}/referrals/{referral}").get_data(as_text=True)
    assert "PKH" in page
    assert "1 of 2" in page
    answer = hers.submit(f"{PAGES}/referrals/{referral}/work", sk())
    assert answer.status_code == 422
    assert 'id="aid_acknowledged-error"' in answer.get_data(as_text=True)
    answered = sk() | {"aid_acknowledged": REASON}
    assert hers.submit(f"{PAGES}/referrals/{referral}/work", answered).status_code == 303
    assert REASON in hers.get(f"{PAGES}/referrals/{referral}").get_data(as_text=True)
    assert approvers.submit(f"{PAGES}/referrals/{referral}/complete", answered).status_code == 303


def test_aid_that_excludes_this_one_is_named_with_its_office_and_without_a_person(app: Flask, desk: Desk) -> None:
    ana = somebody()
    granted(desk, [ana])
    (referral,) = desk.take("decision", [journey(desk, [ana], WRSE)])
    hers = an_officer(Role.OFFICER, officer_id=desk.officer.id)
    refused = ask(app, hers, "PUT", f"referrals/{referral}/work", sk(), status=422)
    assert refused["code"] == "aid-excluded"
    assert KUBE in str(refused)
    assert "Dinas Sosial Provinsi Kalimantan Timur" in str(refused)
    assert ana["person"] not in str(refused)
    page = Browser(app, hers).get(f"{PAGES}/referrals/{referral}").get_data(as_text=True)
    assert "cannot be granted" in page
    ask(app, hers, "PUT", f"referrals/{referral}/work", sk("refused"))


def test_the_proposals_page_shows_other_aid_already(app: Flask, desk: Desk) -> None:
    asked = journey(desk, [somebody(None, None, "BPNT")])
    (referral,) = desk.take("proposal", [asked], attempt=2)
    page = Browser(app, an_officer(Role.OFFICER, officer_id=desk.officer.id)).get(f"{PAGES}/referrals/{referral}")
    assert "BPNT" in page.get_data(as_text=True)


def test_a_case_is_chosen_from_those_of_her_own_office_and_no_identifier_is_typed(app: Flask, desk: Desk) -> None:
    ana, budi = somebody(), somebody()
    granted(desk, [ana, budi])
    (referral,) = desk.take("decision", [journey(desk, [ana], WRSE)])
    hers = Browser(app, an_officer(Role.OFFICER, officer_id=desk.officer.id))
    listed = hers.get(f"{PAGES}/entitlements").text
    assert '<input type="text"' not in listed.replace('<input type="text" id="area"', "")
    cases = re.findall(r'href="([^"]+\?referral=[^"]+)"', listed)
    assert f"{PAGES}/entitlements/shares?referral={referral}" in cases
    narrowed = re.findall(r'href="([^"]+\?referral=[^"]+)"', hers.get(f"{PAGES}/entitlements?programme={WRSE}").text)
    assert f"{PAGES}/entitlements/shares?referral={referral}" in narrowed
    assert set(narrowed) < set(cases)
    assert "?referral=" not in hers.get(f"{PAGES}/entitlements?area=52.71").text
    shown = hers.get(f"{PAGES}/entitlements/shares?referral={referral}").text
    (whose,) = re.findall(r'href="([^"]+\?person=[^"]+)"', shown)
    assert whose == f"{PAGES}/entitlements/shares?person={ana['person']}"
    assert "Rp7.500.000" in hers.get(whose).text
    once = hers.get(f"{PAGES}/entitlements?referral={referral}")
    assert once.headers["Location"].endswith(f"/entitlements/shares?referral={referral}")
    others = Browser(app, an_officer(Role.OFFICER, office="dinsos-kukar")).get(f"{PAGES}/entitlements").text
    assert "?referral=" not in others


def test_entitlements_are_shown_for_cases_of_her_own_office_and_each_look_is_logged(app: Flask, desk: Desk) -> None:
    ana, budi = somebody(), somebody()
    granted(desk, [ana, budi])
    (referral,) = desk.take("decision", [journey(desk, [ana], WRSE)])
    hers = an_officer(Role.OFFICER, officer_id=desk.officer.id)
    (told,) = ask(app, hers, "GET", f"entitlements?referral={referral}")
    assert (told["person_id"], told["programme"], told["amount"]) == (ana["person"], KUBE, 7_500_000)
    (told,) = ask(app, hers, "GET", f"entitlements?person={budi['person']}")
    assert (told["budget_year"], told["state"], told["office"]) == (2023, "committed", "dinsos-kaltim")
    other = an_officer(Role.OFFICER, office="dinsos-kukar")
    assert ask(app, other, "GET", f"entitlements?person={ana['person']}", status=404)["code"] == "not-found"
    auditor = an_officer(Role.AUDITOR, office="dinsos-kukar", areas=("64",))
    assert len(ask(app, auditor, "GET", f"entitlements?person={ana['person']}")) == 1
    assert ask(app, hers, "GET", "entitlements", status=422)["code"] == "invalid"
    page = Browser(app, hers).get(f"{PAGES}/entitlements/shares?referral={referral}")
    assert "Rp7.500.000" in page.get_data(as_text=True)
    assert Browser(app, hers).get(f"{PAGES}/entitlements").status_code == 200
    assert Browser(app, other).get(f"{PAGES}/entitlements/shares?person={ana['person']}").status_code == 404
    with desk.database.reading() as session:
        looks = session.scalars(select(Look).where(Look.why == "entitlements")).all()
    assert len(looks) == 4
