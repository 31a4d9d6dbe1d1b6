"""Door 1 for people: the limits of the law, beside the audits."""

from flask import Blueprint, render_template

from services.intake.limits import queries, words
from shared.identity.permissions import Permission
from shared.outages import queries as outages
from shared.web import door
from shared.web.guard import guard

pages = Blueprint("limits_pages", __name__, template_folder="templates")


@pages.get("/<agency>/limits")
@guard(Permission.AUDITS_READ)
def list_limits(agency: str) -> str:
    """The register, and the times in which intake stood still."""
    with door.reading() as session:
        return render_template(
            "limits/list.html",
            agency=agency,
            lines=queries.lines(session),
            gaps=outages.gaps(session, outages.SHOWN),
            words=words,
        )
