"""The way in and out of the compartment: no address that a proxy writes down names anything of it."""

import re
from uuid import UUID

import pytest

from services.intake.protection.api import ROOT as RULE
from shared.identity import tokens
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.web import guard, sessions
from tests.browsing import Browser, an_officer
from tests.intake.protection.conftest import OFFICE, Compartment

ROOT = "/intake/dp3a/protection"
ONE = "0197a000-0000-7000-8000-000000000001"
CASE = f"{ROOT}/cases/{ONE}"
HIDDEN = [
    ROOT,
    CASE,
    f"{CASE}?x=1",
    f"{CASE}/nothing",
    f"{CASE}/",
    f"{CASE}/steps",
    f"{ROOT}/cases/new?request={ONE}",
    f"{ROOT}/ask?person={ONE}",
    f"{ROOT}/glass/{ONE}",
    f"{ROOT}/log",
    f"{ROOT.upper().replace('INTAKE', 'intake')}/cases",
]
SHOWN = [
    "/intake/dp3a/persons",
    "/intake/dp3a/referrals?state=new",
    "/intake/dp3a/protections",
    "/grants/dp3a/protection",
]


def outlived(compartment: Compartment, officer: Officer) -> Browser:
    """A browser in which an officer's token has run out."""
    page = Browser(compartment.app)
    with page.client.session_transaction() as session:
        session["token"] = tokens.issue(officer, lifetime=-2 * tokens.LEEWAY)
    return page


def due_for_renewal(compartment: Compartment, officer: Officer, monkeypatch: pytest.MonkeyPatch) -> Browser:
    monkeypatch.setattr(sessions, "RENEW_AFTER", -1)
    return Browser(compartment.app, officer)


@pytest.mark.parametrize("address", HIDDEN)
def test_no_page_of_the_compartment_is_told_to_the_next_one(compartment: Compartment, address: str) -> None:
    for officer in (compartment.counsellor, compartment.officer, compartment.head, None):
        for answer in (
            Browser(compartment.app, officer).get(address),
            Browser(compartment.app, officer).submit(address),
        ):
            assert answer.headers["Referrer-Policy"] == "no-referrer", answer.status


@pytest.mark.parametrize("address", HIDDEN)
def test_no_way_to_sign_in_or_to_a_fresh_token_names_a_page_of_the_compartment(
    compartment: Compartment, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = outlived(compartment, compartment.counsellor).get(address)
    assert out.location in ("/intake/signin?next=%2F", None)
    sent = outlived(compartment, compartment.counsellor).submit(address)
    assert not re.search(r"next=[^\"]*protection", sent.text + (sent.location or ""), re.IGNORECASE)
    renewed = due_for_renewal(compartment, compartment.counsellor, monkeypatch).get(address)
    assert renewed.location in ("/intake/renew?next=%2F", None)


@pytest.mark.parametrize("address", SHOWN)
def test_whatever_is_no_page_of_the_compartment_is_named_as_ever(
    compartment: Compartment, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Browser(compartment.app, compartment.counsellor).get(address).headers["Referrer-Policy"] == "same-origin"
    with compartment.app.test_request_context(address):
        assert not sessions.is_hidden(address)
        assert sessions.leading_back("/intake/signin", address).endswith(
            "next=" + address.replace("/", "%2F").replace("?", "%3F").replace("=", "%3D")
        )


def waiting(compartment: Compartment, address: str, officer: UUID) -> Browser:
    """A browser in which a hidden address waits for an officer to sign in."""
    page = outlived(compartment, an_officer(Role.COUNSELLOR, office=OFFICE, officer_id=officer))
    assert page.get(address).location == "/intake/signin?next=%2F"
    return page


def test_what_waits_is_closed_and_waits_for_its_officer_alone(compartment: Compartment) -> None:
    mine, another = compartment.counsellor, an_officer(Role.COUNSELLOR, office=OFFICE)
    for officer, lands in ((mine, CASE), (another, "/")):
        page = waiting(compartment, CASE, mine.id)
        with page.client.session_transaction() as session:
            assert "protection" not in str(session["going"])
            session["token"] = tokens.issue(officer)
        assert page.get("/intake/signin?next=%2F").location == lands
        assert page.get("/intake/signin?next=%2F").location == "/"  # it waits once


def test_what_waited_does_not_turn_another_pages_way(compartment: Compartment) -> None:
    page = waiting(compartment, CASE, compartment.counsellor.id)
    assert page.get("/intake/dp3a/persons").location == "/intake/signin?next=%2Fintake%2Fdp3a%2Fpersons"
    with page.client.session_transaction() as session:
        assert "going" not in session


@pytest.mark.parametrize("spoilt", ["", "AAAA", "nothing", "é"])
def test_what_waits_and_cannot_be_read_leads_home(compartment: Compartment, spoilt: str) -> None:
    page = Browser(compartment.app, compartment.counsellor)
    with page.client.session_transaction() as session:
        session["going"] = spoilt
    assert page.get("/intake/signin?next=%2F").location == "/"


def test_a_form_sent_too_late_leads_back_to_its_page_though_the_browser_does_not_name_it(
    compartment: Compartment,
) -> None:
    page = outlived(compartment, compartment.counsellor)
    answer = page.submit(f"{CASE}/steps", {"note": "Didampingi."})
    assert answer.status_code == 401
    with page.client.session_transaction() as session:
        session["token"] = tokens.issue(compartment.counsellor)
    assert page.get("/intake/signin?next=%2F").location == CASE


def test_a_form_of_the_compartment_is_taken_over_https_without_a_referrer(compartment: Compartment) -> None:
    (woman,) = compartment.women()
    page = Browser(compartment.app, compartment.officer)
    told = {"base_url": "https://localhost", "headers": {"Sec-Fetch-Site": "same-origin", "Origin": "null"}}
    assert page.submit(f"{ROOT}/requests", {"person_id": str(woman)}, **told).status_code == 303


def test_every_unrecorded_view_of_an_agency_is_hidden(compartment: Compartment) -> None:
    with compartment.app.test_request_context("/"):
        for rule, method, endpoint in guard.routes(compartment.app):
            view = guard._handler(compartment.app, endpoint, method)
            hidden = getattr(view, guard.UNRECORDED, False) and "<agency>" in rule
            assert sessions.is_hidden(rule.replace("<agency>", "dp3a")) == hidden, rule
            assert hidden == (RULE.replace("<agency>", "x") in rule.replace("<agency>", "x")), rule
