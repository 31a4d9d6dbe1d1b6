"""Door 1 for people: what a person, or everybody behind a referral, has of aid; the referral is chosen from a list."""

from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.grants.entitlements import doors, queries, schemas
from services.grants.entitlements.rules import ClaimState
from shared.identity.permissions import Permission
from shared.referrals import naming, words
from shared.web import door, forms
from shared.web.guard import guard

pages = Blueprint("entitlements_pages", __name__, template_folder="templates")
TAGS = {
    ClaimState.RESERVED: "waiting",
    ClaimState.COMMITTED: "active",
    ClaimState.REALISED: "good",
    ClaimState.RELEASED: "neutral",
}
AT_ONCE = 20


@pages.get("/<agency>/entitlements")
@guard(Permission.ENTITLEMENTS_READ)
def list_cases(agency: str) -> str | Response:
    """The cases to choose from, by name where the officer's own office was told it."""
    asked = {name: value for name, value in request.args.items() if value}
    if {"person", "referral"} & asked.keys():  # where the aid itself stood once
        return redirect(f"{_address(agency)}/shares?{urlencode(asked)}", 303)
    query = forms.load(schemas.CaseQuery(), asked) | {"limit": AT_ONCE}
    officer = door.current_officer()
    with door.reading() as session:
        known = queries.programmes_with_cases(session, officer)
        page = queries.open_to(session, officer, **query)
        return render_template(
            "entitlements/cases.html",
            address=_address(agency),
            form=forms.blank(asked),
            asked={name: value for name, value in asked.items() if name != "after"},
            page=page,
            names=naming.listed((each.id for each in page.items), "cases that give aid"),
            programmes=[(each, words.programme_title(each)) for each in known],
            words=words,
        )


@pages.get("/<agency>/entitlements/shares")
@guard(Permission.ENTITLEMENTS_READ)
def show_shares(agency: str) -> str:
    """All aid that everybody behind a referral, or one of them, has a share of; the look is logged."""
    query = forms.load(schemas.EntitlementQuery(), request.args)
    with door.transaction() as session:
        found = doors.entitlements(session, door.current_officer(), query)
    return render_template(
        "entitlements/list.html",
        found=found,
        of_one="person" in query,
        address=_address(agency),
        states=_states(),
        tags=TAGS,
        words=words,
    )


def _address(agency: str) -> str:
    return f"/grants/{agency}/entitlements"


def _states() -> dict[ClaimState, str]:
    return {
        ClaimState.RESERVED: _("reserved: waits for an approver"),
        ClaimState.COMMITTED: _("approved"),
        ClaimState.REALISED: _("received"),
        ClaimState.RELEASED: _("released"),
    }
