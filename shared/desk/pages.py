"""Door 1 for people: what waits for the officer who looks, in this service.

The start page fetches it as a part of itself; opened as it is, for a browser without scripts, it is a page.
"""

from collections.abc import Sequence

from flask import Blueprint, render_template, request

from shared.desk import rows
from shared.identity.permissions import Permission
from shared.referrals import words
from shared.referrals.rules import Lateness, label
from shared.web import door
from shared.web.guard import guard


def blueprint(service: str, sources: Sequence[rows.Source]) -> Blueprint:
    """The page of one service's part."""
    pages = Blueprint("desk_pages", __name__, template_folder="templates")

    @pages.get("/<agency>/desk")
    @guard(Permission.ACCOUNT_OWN)
    def show_desk(agency: str) -> str:
        """What waits for whoever looks, one line each, the most urgent first."""
        with door.reading() as session:
            part = rows.gathered(session, door.current_officer(), sources)
        template = "desk/rows.html" if "HX-Request" in request.headers else "desk/page.html"
        return render_template(template, part=part, words=words, label=label, lateness=Lateness, agency=agency)

    return pages
