"""Where an officer came from to a referral: the part of her worklist that the address carries.

Nothing of it is kept in her session, so that two windows with two trays do not disturb each other.
"""

from urllib.parse import urlencode

from flask import request
from sqlalchemy.orm import Session

from shared.identity.officer import Officer
from shared.kernel.errors import Invalid
from shared.referrals import api, following, schemas
from shared.referrals.models import Referral
from shared.referrals.queries import Wanted
from shared.referrals.rules import OPEN, Tray
from shared.web import forms

CARRIED = ("tray", "programme", "stage", "area", "number", "state", "overdue", "mine")


def query() -> str:
    """Where she came from, as the query of an address; nothing where it cannot be read."""
    found = _carried()
    return urlencode(found, safe=",") if _read(found) else ""


def leading(address: str) -> str:
    """An address together with where she came from."""
    return f"{address}?{found}" if (found := query()) else address


def next_to(session: Session, officer: Officer, referral: Referral) -> following.Next | None:
    """What comes next where she came from; None when that is unknown, or holds nothing that is to be done."""
    wanted = _read(_carried())
    if wanted is None or _is_closed(wanted):
        return None
    return following.next_to(session, officer, referral.id, wanted)


def _carried() -> dict[str, str]:
    return {name: value for name in CARRIED if (value := request.args.get(name))}


def _read(found: dict[str, str]) -> Wanted | None:
    if not found:
        return None
    try:
        asked = forms.load(schemas.ReferralQuery(), found)
    except Invalid:
        return None
    return api.narrowed_to(asked)


def _is_closed(wanted: Wanted) -> bool:
    return wanted.tray is Tray.CLOSED if wanted.states is None else wanted.states.isdisjoint(OPEN)
