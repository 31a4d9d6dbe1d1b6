"""What a person reads for what was done to an office."""

from typing import Any

from flask_babel import gettext

from services.intake.offices.models import OfficeChange
from services.intake.offices.rules import Change
from shared import places
from shared.identity import offices
from shared.web.messages import N_

CHANGES = {
    Change.ADDED: N_("Added"),
    Change.CHANGED: N_("Changed"),
    Change.CLOSED: N_("Closed"),
    Change.HANDED_OVER: N_("Handed over"),
}


def change_name(change: OfficeChange) -> str:
    """What was done."""
    return gettext(CHANGES[change.what])


def change_details(change: OfficeChange) -> list[str]:
    """What an office says since then."""
    return [_detail(name, value) for name, value in change.said.items() if name not in ("id", "agency", "formerly")]


def area_name(code: str) -> str:
    """An area by its name, with the larger one that it lies in; its code where nobody knows it."""
    if not places.is_known(code):
        return code
    return ", ".join(each.name for each in places.path_of(code)[:2])


def _detail(name: str, value: Any) -> str:
    if name == "registers":
        return gettext("Registers persons") if value else gettext("Does not register persons")
    if name == "region":
        return area_name(value)
    if name == "successor":
        return gettext("To %(office)s", office=offices.name_of(value))
    return str(value)
