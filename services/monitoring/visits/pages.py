"""The part of a referral's page that shows and takes visits: its template, and its codes in words."""

from collections.abc import Iterable
from datetime import date

from flask import Blueprint
from flask_babel import gettext as _

from services.monitoring.words import BUSINESS, CAUSES
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
