"""Nothing ends and nothing goes back by accident: every page that does so says before what will happen."""

from importlib import import_module

import pytest
from flask import Flask

from shared.kernel.settings import SERVICES
from shared.web import posting

ENDING = frozenset(
    {"cancel", "close", "complete", "death", "decline", "end", "fail", "hand-over", "merge", "refuse", "remove"}
    | {"resume", "return", "revoke", "skip", "split", "strike", "take-back", "undo", "withdraw"}
)
"""The last word of the addresses to which forms are sent that end something, send it back or give it away."""

STRUCK = "a page of its own says that it stays readable, struck out"
NOT_ASKED = {
    "/<agency>/journeys/<uuid:about_id>/notes/<uuid:note_id>/strike": STRUCK,
    "/<agency>/persons/<uuid:about_id>/notes/<uuid:note_id>/strike": STRUCK,
    "/<agency>/referrals/<uuid:about_id>/notes/<uuid:note_id>/strike": STRUCK,
    "/<agency>/referrals/<uuid:referral_id>/complete": "asks by itself, where the result goes against her",
    "/<agency>/referrals/<uuid:referral_id>/hand-over": "a colleague handles it; she can give it back",
    "/<agency>/api-keys/<uuid:key_id>/revoke": "another key can be made; a key that leaked has to end at once",
    "/<agency>/calendars/<uuid:decree_id>/remove": "the page has looked before, and it can be noted again",
    "/<agency>/meetings/<uuid:meeting_id>/decisions/<uuid:task_id>/strike": "noted anew at will while it is held",
    "/<agency>/merges/<uuid:merge_id>/undo": "puts back what was there, and can be decided again",
    "/<agency>/officers/<uuid:account_id>/acting/<uuid:appointment_id>/end": "she can be appointed again",
    "/<agency>/officers/<uuid:account_id>/leave/<uuid:leave_id>/end": "she is back",
    "/<agency>/officers/<uuid:account_id>/resume": "she may sign in again",
    "/<agency>/officers/<uuid:account_id>/second-step/remove": "she sets it up again",
    "/<agency>/persons/<uuid:person_id>/death/undo": "puts back what was there",
    "/<agency>/persons/<uuid:person_id>/merge": "can be undone",
    "/<agency>/proposals/<uuid:proposal_id>/refuse": "the programme can be proposed again",
    "/<agency>/proposals/<uuid:proposal_id>/take-back": "the programme can be proposed again",
    "/<agency>/trials/<uuid:trial_id>/cancel": "the file can be tried again",
    "/account/sessions/<uuid:session_id>/end": "she signs in again",
}
"""What one press does all the same, and why."""


def addresses(app: Flask, service: str) -> dict[str, bool]:
    """Every address of a page's form that ends something, and whether it is asked about."""
    found = {}
    for rule in app.url_map.iter_rules():
        page = posting.page_of(app.view_functions[rule.endpoint])
        if page and rule.rule.rpartition("/")[2] in ENDING:
            asks = getattr(app.view_functions[rule.endpoint], posting.ASKING) is not None
            found[rule.rule.removeprefix(f"/{service}")] = asks
    return found


@pytest.fixture(scope="module")
def known() -> dict[str, bool]:
    found: dict[str, bool] = {}
    for service in SERVICES:
        found |= addresses(import_module(f"services.{service}.app").create(), service)
    return found


def test_what_ends_or_goes_back_is_asked_about_unless_it_can_be_done_again(known: dict[str, bool]) -> None:
    assert len(known) > 30
    unasked = {address for address, asks in known.items() if not asks}
    assert unasked - set(NOT_ASKED) == set(), "say beforehand what will happen: sent_from(page, asking=…)"
    assert set(NOT_ASKED) - unasked == set(), "named, and asked about by now, or gone"
