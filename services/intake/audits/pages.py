"""Door 1 for people: the last audit, as the machine room shows it, and those before it."""

from flask import Blueprint, render_template, request

from services.intake.audits import queries
from services.intake.audits.words import GRAVITIES, gravity_name
from shared.identity.permissions import Permission
from shared.web import door
from shared.web.guard import guard

pages = Blueprint("audits_pages", __name__, template_folder="templates")


@pages.get("/<agency>/audits/last")
@guard(Permission.AUDITS_READ)
def last_audit(agency: str) -> str:
    """What the last audit found: a fragment that the machine room fetches."""
    with door.reading() as session:
        run = queries.last_audit(session)
        return render_template("audits/last.html", agency=agency, run=run, gravity_name=gravity_name, kinds=GRAVITIES)


@pages.get("/<agency>/audits")
@guard(Permission.AUDITS_READ)
def list_audits(agency: str) -> str:
    """The audits that are kept."""
    with door.reading() as session:
        found = queries.audits(session, request.args.get("after"), 20)
        return render_template(
            "audits/list.html", agency=agency, page=found, gravity_name=gravity_name, kinds=GRAVITIES
        )
