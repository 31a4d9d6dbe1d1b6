"""Door 1 for people: keys for systems are made, listed and revoked."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.intake.api_keys import api, commands, queries, rules, schemas, words
from shared.identity.permissions import Permission
from shared.identity.revocation import real_now
from shared.kernel import clock
from shared.web import access, door, forms, posting
from shared.web.guard import guard, shown_once

pages = Blueprint("api_key_pages", __name__, template_folder="templates")
SHOWN = 50
USUAL = timedelta(days=180)
"""How long a key holds unless somebody chooses another day."""


@pages.get("/<agency>/api-keys")
@guard(Permission.API_KEYS_READ)
def list_keys(agency: str) -> str:
    """The keys that an officer sees: whose they are, what they allow, when they were last used and when they end."""
    officer = door.current_officer()
    query = schemas.KeysQuery().load({name: value for name, value in request.args.items() if value})
    own = agency == officer.agency
    with door.reading() as session:
        found = queries.listed(session, officer, good=not query["all"], after=query["after"], limit=SHOWN)
        return render_template(
            "api_keys/list.html",
            agency=agency,
            page=found,
            keys=queries.described(session, found.items),
            all=query["all"],
            may_issue=own and access.holds(officer, Permission.API_KEYS_ISSUE),
            may_revoke=own and access.holds(officer, Permission.API_KEYS_REVOKE),
            words=words,
        )


@pages.get("/<agency>/api-keys/new")
@guard(Permission.API_KEYS_ISSUE)
def key_form(agency: str, form: forms.Form | None = None) -> str:
    """The form in which a key is made."""
    today = real_now().astimezone(clock.zone()).date()
    return render_template(
        "api_keys/new.html",
        agency=agency,
        form=form or forms.blank({"expires_on": (today + USUAL).isoformat()}),
        latest=today + rules.LONGEST,
        scopes=words.offered(access.for_keys(door.current_officer())),
    )


@pages.post("/<agency>/api-keys")
@guard(Permission.API_KEYS_ISSUE)
@shown_once
@posting.sent_from(key_form)
def issue_key(agency: str) -> str:
    """Make a key, and show it this once."""
    key, made = api.made_of(forms.load(schemas.KeyWanted(), _typed(request.form)))
    with door.transaction() as session:
        described = queries.described(session, [key])[0]
    return render_template("api_keys/made.html", agency=agency, key=described, secret=str(made), words=words)


@pages.post("/<agency>/api-keys/<uuid:key_id>/revoke")
@guard(Permission.API_KEYS_REVOKE)
@posting.sent_from(list_keys)
def revoke_key(agency: str, key_id: UUID) -> Response:
    """End a key for good."""
    with door.transaction() as session:
        commands.revoke(session, door.current_officer(), key_id)
    return posting.done(_("Revoked. The system is refused from now on."), f"/intake/{agency}/api-keys")


def _typed(form: Any) -> dict[str, Any]:
    """The form's fields; what the key allows are boxes."""
    given = {name: value for name, value in form.items() if name != "scopes[]"}
    return given | {f"scopes.{number}": each for number, each in enumerate(form.getlist("scopes[]"))}
