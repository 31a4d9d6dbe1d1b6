"""What the papers call lengths, ways of keeping, receivers and parts."""

from datetime import timedelta
from typing import Any

from flask_babel import gettext, ngettext

from services.intake.disclosures import words as disclosures
from services.intake.rights.words import unverified
from shared.machine.words import lasting
from shared.programmes.definition import Basis
from shared.referrals.words import basis_title
from shared.web.messages import N_
from shared.web.showing import agency_name

__all__ = ["unverified"]
"""Also said here: what templates of the papers ask these words for."""

HOWS = {
    "plain": N_("readable in the database"),
    "encrypted": N_("encrypted"),
    "fingerprint": N_("only a keyed fingerprint"),
    "digest": N_("only a digest"),
}
PAPERS = {
    "register": N_("Register of processing activities"),
    "retention": N_("How long what is kept"),
    "sharing": N_("Who is told what on which basis"),
}
RECEIVERS = {
    "administering": N_("Administrators and auditors"),
    "none": N_("Nobody but the services themselves"),
}


def paper(name: str) -> str:
    """What one of the papers is called."""
    return gettext(PAPERS[name])


def how(way: str) -> str:
    """How a value is kept."""
    return gettext(HOWS[way])


def store(name: str) -> str:
    """The database in which something stands."""
    return gettext("the compartment's own") if name == "protection" else disclosures.service(name)


def field(name: str) -> str:
    """What a field is called that a stage is told."""
    return disclosures.field(name)


def agency(name: str) -> str:
    """What an agency role is called."""
    return agency_name(name)


def receivers(entry: dict[str, Any]) -> str:
    """Who works with it besides the offices that are named."""
    known = RECEIVERS.get(entry["receives"])
    return gettext(known) if known else ""


def basis(name: str) -> str:
    """The legal basis of a stage."""
    return basis_title(Basis(name))


def length(value: timedelta | int | None) -> str:
    """How long, or how many."""
    if isinstance(value, timedelta):
        return lasting(value.total_seconds())
    return "" if value is None else str(value)


def rule(entry: dict[str, Any], language: str) -> str:
    """A rule of keeping with its length."""
    return str(entry["text"][language].replace("{length}", length(entry["length"])))


def fields_in(number: int) -> str:
    """How many columns."""
    return ngettext("%(num)d field", "%(num)d fields", number)
