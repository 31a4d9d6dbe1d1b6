"""The part of a referral's page that shows and takes signatures: its template, and its codes in words."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from flask import Blueprint
from flask_babel import gettext as _

from services.monitoring.words import CAUSES
from shared.web.messages import N_
from shared.web.showing import day

WORDS: Mapping[str, str] = {
    "graduated": N_("She stands on her own feet"),
    "not-yet": N_("Not yet"),
    "failed": N_("The business failed"),
    **CAUSES,
}

templates = Blueprint("graduation_templates", __name__, template_folder="templates")


@templates.app_template_filter()
def verdict_word(code: str) -> str:
    """A code in words."""
    return str(_(WORDS[code]))


@templates.app_template_filter()
def signed_day(iso: str) -> str:
    """The day of a signature as pages write it."""
    return day(datetime.fromisoformat(iso))


@templates.app_template_filter()
def verdict_choices(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Codes as a form offers them."""
    return [(str(code), verdict_word(code)) for code in codes]
