"""Door 1 for people: what a person, or everybody behind a referral, has of aid; the referral is chosen from a list."""

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from services.grants.entitlements import doors, queries, schemas
from services.grants.entitlements.rules import ClaimState
from shared.referrals import words
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
@guard(*doors.READERS)
def list_entitlements(agency: str) -> str:
    """The cases to choose from; with one of them, or a person of it, the aid that they have."""
    address = f"/grants/{agency}/entitlements"
    return _of(address) if {"person", "referral"} & request.args.keys() else _cases(address)


def _cases(address: str) -> str:
    """No name stands here: it is the look at somebody's aid that is logged, not the way to it."""
    asked = {name: value for name, value in request.args.items() if value}
    query = forms.load(schemas.CaseQuery(), asked) | {"limit": AT_ONCE}
    officer = door.current_officer()
    with door.reading() as session:
        return render_template(
            "entitlements/cases.html",
            address=address,
            form=forms.blank(asked),
            asked={name: value for name, value in asked.items() if name != "after"},
            page=queries.open_to(session, officer, **query),
            programmes=[
                (each, words.programme_title(each)) for each in queries.programmes_with_cases(session, officer)
            ],
            words=words,
        )


def _of(address: str) -> str:
    query = forms.load(schemas.EntitlementQuery(), request.args)
    with door.transaction() as session:
        found = doors.entitlements(session, door.current_officer(), query)
    return render_template(
        "entitlements/list.html",
        found=found,
        of_one="person" in query,
        address=address,
        states=_states(),
        tags=TAGS,
        words=words,
    )


def _states() -> dict[ClaimState, str]:
    return {
        ClaimState.RESERVED: _("reserved: waits for an approver"),
        ClaimState.COMMITTED: _("approved"),
        ClaimState.REALISED: _("received"),
        ClaimState.RELEASED: _("released"),
    }
