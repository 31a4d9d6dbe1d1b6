"""Door 1 for people: what a person, or everybody behind a referral, has of aid."""

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from services.grants.entitlements import doors, schemas
from services.grants.entitlements.rules import ClaimState
from shared.kernel.errors import Invalid, NotFound
from shared.referrals.words import kind_title, programme_title
from shared.web import door, forms
from shared.web.guard import guard

pages = Blueprint("entitlements_pages", __name__, template_folder="templates")
TAGS = {
    ClaimState.RESERVED: "waiting",
    ClaimState.COMMITTED: "active",
    ClaimState.REALISED: "good",
    ClaimState.RELEASED: "neutral",
}


@pages.get("/<agency>/entitlements")
@guard(*doors.READERS)
def list_entitlements(agency: str) -> str | tuple[str, int]:
    """Ask for a person's aid, or see that of everybody behind a referral."""
    form, found, status = forms.filled(request.args), None, 200
    if any(request.args.values()):
        try:
            query = forms.load(schemas.EntitlementQuery(), request.args)
            with door.transaction() as session:
                found = doors.entitlements(session, door.current_officer(), query)
        except (Invalid, NotFound) as wrong:
            errors = wrong.errors if isinstance(wrong, Invalid) and wrong.errors else {"person": [wrong]}
            form, status = forms.filled(request.args, Invalid(errors=errors)), 422
    page = render_template(
        "entitlements/list.html",
        form=form,
        found=found,
        address=f"/grants/{agency}/entitlements",
        states=_states(),
        tags=TAGS,
        kind_title=kind_title,
        programme_title=programme_title,
    )
    return page, status


def _states() -> dict[ClaimState, str]:
    return {
        ClaimState.RESERVED: _("reserved: waits for an approver"),
        ClaimState.COMMITTED: _("approved"),
        ClaimState.REALISED: _("received"),
        ClaimState.RELEASED: _("released"),
    }
