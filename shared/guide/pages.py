"""Door 1 for people: the guide, reached from every page."""

from collections.abc import Iterable

from flask import Blueprint, render_template, request

from shared.guide import reading, schemas
from shared.identity.permissions import Permission
from shared.referrals.work import StageWork, by_kind
from shared.web import door, forms
from shared.web.guard import guard


def blueprint(service: str, works: Iterable[StageWork]) -> Blueprint:
    """The page of one service's guide."""
    known = by_kind(works)
    pages = Blueprint("guide_pages", __name__, template_folder="templates")

    @pages.get("/<agency>/guide")
    @guard(Permission.ACCOUNT_OWN)
    def show_guide(agency: str) -> str:
        """What is my job here, what can I do, what comes next."""
        asked = forms.load(schemas.GuideQuery(), request.args)
        read = reading.read(door.current_officer(), service, asked["page"], known)
        return render_template("guide/guide.html", guide=read, agency=agency)

    return pages
