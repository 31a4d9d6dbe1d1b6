"""Door 1 for people: an officer's own account."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.intake.accounts import words
from services.intake.accounts.rules import PasswordsDiffer
from services.intake.acting.queries import today_of
from services.intake.own_account import api, commands, schemas
from services.intake.sessions.commands import end_other_sessions
from shared.identity.permissions import Permission
from shared.web import access, door, forms, posting, sessions
from shared.web.guard import guard

pages = Blueprint("own_account_pages", __name__, template_folder="templates")
HERE = "/intake/account"


@pages.get("/account")
@guard(Permission.ACCOUNT_OWN)
def show_account(form: forms.Form | None = None) -> str:
    """Who she is here, her password, how she is reached, and where she has signed in."""
    with door.reading() as session:
        account = commands.own(session, door.current_officer())
        return render_template(
            "own_account/account.html",
            account=account,
            opened=api.opened(session),
            standing=today_of(session, account.id),
            form=form or forms.blank({"phone": account.phone or "", "email": account.email or ""}),
            may_issue_keys=access.holds(door.current_officer(), Permission.API_KEYS_ISSUE),
            words=words,
        )


@pages.post("/account/password")
@guard(Permission.ACCOUNT_OWN)
@posting.sent_from(show_account)
def change_password() -> Response:
    """Choose another password; every other session ends."""
    asked = {name: request.form.get(name, "") for name in ("old_password", "password")}
    given = forms.load(schemas.PasswordChange(), asked)
    if request.form.get("again", "") != given["password"]:
        raise PasswordsDiffer().at("again")
    api.change(given)
    return posting.done(_("Your password is changed; wherever else you had signed in, you are signed out."), HERE)


@pages.post("/account/contact")
@guard(Permission.ACCOUNT_OWN)
@posting.sent_from(show_account)
def change_contact() -> Response:
    """Keep how she is reached."""
    given = forms.load(schemas.ContactSchema(), request.form)
    with door.transaction() as session:
        commands.change_contact(session, door.current_officer(), **given)
    return posting.done(_("Saved."), HERE)


@pages.post("/account/sessions/elsewhere")
@guard(Permission.ACCOUNT_OWN)
@posting.sent_from(show_account)
def sign_out_elsewhere() -> Response:
    """End every session but this one."""
    with door.transaction() as session:
        end_other_sessions(session, door.current_officer().id, sessions.current_token().session_id)
    return posting.done(_("Wherever else you had signed in, you are signed out."), HERE)


@pages.post("/account/sessions/<uuid:session_id>/end")
@guard(Permission.ACCOUNT_OWN)
@posting.sent_from(show_account)
def end_one(session_id: UUID) -> Response:
    """End one of her sessions."""
    api.end(session_id)
    return posting.done(_("That session has ended."), HERE)
