"""Door 1 for people: the second step is set up, and removed by an administrator."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.intake.accounts.models import OfficerAccount
from services.intake.accounts.pages import show_account
from services.intake.accounts.sheets import picture
from services.intake.second_step import commands, rules, schemas
from shared.identity.permissions import Permission
from shared.web import door, forms, posting
from shared.web.guard import guard, shown_once

pages = Blueprint("second_step_pages", __name__, template_folder="templates")


@pages.get("/account/second-step")
@guard(Permission.ACCOUNT_OWN)
def set_up_form(form: forms.Form | None = None) -> str:
    """What her telephone is to keep, and the form for its first code."""
    with door.looking() as session:
        account = session.get_one(OfficerAccount, door.current_officer().id)
        secret = "" if commands.is_set_up(session, account.id) else commands.begin(session, account).secret
        return render_template(
            "second_step/set_up.html",
            form=form or forms.blank(),
            secret=secret,
            picture=picture(rules.address_of(secret, account.username)) if secret else "",
            until=commands.due(session, account),
        )


@pages.post("/account/second-step")
@guard(Permission.ACCOUNT_OWN)
@shown_once
@posting.sent_from(set_up_form)
def set_up() -> str:
    """Let the secret count from now on, and show the recovery codes this once."""
    given = forms.load(schemas.CodeTyped(), request.form)
    with door.transaction() as session:
        account = session.get_one(OfficerAccount, door.current_officer().id)
        codes = commands.confirm(session, account, given["code"])
    return render_template("second_step/codes.html", codes=codes, going="/intake/account")


@pages.post("/<agency>/officers/<uuid:account_id>/second-step/remove")
@guard(Permission.ACCOUNTS_MANAGE)
@posting.sent_from(show_account)
def remove(agency: str, account_id: UUID) -> Response:
    """Let somebody who lost her telephone set the second step up anew."""
    with door.transaction() as session:
        commands.remove(session, door.current_officer(), account_id)
    return posting.done(
        _("Her second step is removed; she sets it up anew."), f"/intake/{agency}/officers/{account_id}"
    )
