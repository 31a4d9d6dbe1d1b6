"""The part of a referral's page that shows and takes visits, and the list of goods sold without approval."""

from collections.abc import Iterable
from datetime import date

from flask import Blueprint, render_template
from flask_babel import gettext as _

from services.monitoring.visits import queries
from services.monitoring.words import BUSINESS, CAUSES
from shared.identity.permissions import Permission
from shared.referrals import naming
from shared.web import door
from shared.web.guard import guard
from shared.web.showing import day

WORDS = {**BUSINESS, **CAUSES}

templates = Blueprint("visit_templates", __name__, template_folder="templates")


@templates.app_template_filter()
def visit_word(code: str) -> str:
    """A code in words."""
    return str(_(WORDS[code]))


@templates.app_template_filter()
def visit_day(iso: str) -> str:
    """A day of the plan as pages write it."""
    return day(date.fromisoformat(iso))


@templates.app_template_filter()
def visit_choices(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Codes as a form offers them."""
    return [(str(code), visit_word(code)) for code in codes]


@templates.get("/<agency>/sold-goods")
@guard(Permission.SOLD_GOODS_READ)
def sold_goods(agency: str) -> str:
    """Goods that were passed on or sold within the first year without approval."""
    with door.reading() as session:
        found = queries.sold_without_approval(session, door.current_officer())
        names = naming.listed((each.referral_id for each in found), "goods sold without approval")
        return render_template("monitoring/visits/sold_goods.html", agency=agency, sales=found, names=names)
