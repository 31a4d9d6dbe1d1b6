"""Door 1 for people: the page on which the first administrator begins."""

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.intake.welcome import commands, schemas
from shared import places
from shared.identity import offices
from shared.identity.rules import AGENCIES
from shared.places import Level
from shared.web import door, forms, posting
from shared.web.guard import public
from shared.web.problem import SIGN_IN
from shared.web.showing import agency_name

pages = Blueprint("welcome_pages", __name__, template_folder="templates")


@pages.get("/welcome")
@public("nobody has an account yet; it only asks")
def welcome_form(form: forms.Form | None = None) -> str:
    """The form by which the first administrator begins; once there is one it says who opens accounts."""
    with door.reading() as session:
        return render_template(
            "welcome/begin.html",
            form=form or forms.blank(),
            is_begun=commands.has_administrator(session),
            offices=[(each.id, each.name) for each in offices.open_offices()],
            agencies=[(each, agency_name(each)) for each in AGENCIES],
            areas=places.below(None, Level.REGENCY),
        )


@pages.post("/welcome")
@public("nobody has an account yet; the code that the machine's operator read is asked for")
@posting.sent_from(welcome_form)
def begin() -> Response:
    """Open the first administrator's office and account, and let her sign in."""
    given = forms.load(schemas.FirstAdministrator(), request.form)
    with door.transaction() as session:
        commands.begin(session, **given)
    return posting.done(_("Your account is open. Sign in with the password that you have chosen."), SIGN_IN)
