"""Which part of her worklist an officer has before her, or came from to a referral: the address carries it.

The list, its forms, each referral and each answer hand the same parameters on, with the page of the list. Nothing of
it is kept in her session, so that two windows with two trays do not disturb each other.
"""

from flask import request
from sqlalchemy.orm import Session

from shared.identity.officer import Officer
from shared.kernel.errors import Invalid
from shared.referrals import api, following, schemas
from shared.referrals.models import Referral
from shared.referrals.queries import Wanted
from shared.referrals.rules import OPEN, Tray
from shared.web import forms, showing

NARROWING = ("programme", "stage", "area", "number", "state", "overdue", "mine")
"""What a worklist can be narrowed to beside its tray."""
PLACE = ("after", "limit")
"""Which page of it."""
CARRIED = ("tray", *NARROWING, *PLACE)


def carried() -> dict[str, str]:
    """Where she is or came from, as the parameters of an address; nothing where they cannot be read."""
    found = {name: value for name in CARRIED if (value := request.args.get(name))}
    return found if _read(found) else {}


def shown() -> dict[str, str]:
    """Which part of the worklist that is, whichever page of it."""
    return {name: value for name, value in carried().items() if name not in PLACE}


def query() -> str:
    """Where she is or came from, as the query of an address."""
    return showing.query(carried())


def leading(address: str) -> str:
    """An address together with where she came from."""
    return f"{address}?{found}" if (found := query()) else address


def next_to(session: Session, officer: Officer, referral: Referral) -> following.Next | None:
    """What comes next where she came from; None when that is unknown, or holds nothing that is to be done."""
    wanted = _read(carried())
    if wanted is None or _is_closed(wanted):
        return None
    return following.next_to(session, officer, referral.id, wanted)


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
