"""What pages call the ways of telling her, and the purposes for which somebody looked at her data."""

from flask_babel import gettext

from services.intake.disclosures.dossier import KNOWN_AID
from services.intake.disclosures.rules import Given
from shared.identity.rules import Role
from shared.referrals import words
from shared.web import navigation
from shared.web.language import language
from shared.web.messages import N_

GIVEN = {
    Given.PAPER: N_("On paper; she took it with her"),
    Given.TOGETHER: N_("Read together at the office; no paper left it"),
    Given.PROXY: N_("To whoever brought her written authority"),
}
PURPOSES = {
    "person's page": N_("Her page was opened"),
    "search by NIK": N_("Search by NIK"),
    "list of an area": N_("List of the persons of an area"),
    "consents": N_("Her consents"),
    "duplicate review": N_("Comparison of two records"),
    "merges": N_("List of records that were found to be one person"),
    "deaths": N_("List of deaths"),
    "group": N_("The page of her group"),
    "group members wanted": N_("Choice of members for a group"),
    "recruits wanted": N_("Choice of women to be recruited"),
    "recruit named by NIK": N_("A member of a group named her"),
    "referral": N_("Work on a referral"),
    "candidates": N_("Choice of candidates for a programme"),
    "disclosure": N_("Her own request to see her data"),
    "notes": N_("The notes on her or her journey were read"),
    "disclosures": N_("List of requests to see"),
    "breach": N_("To tell her of a failure of protection"),
    "correction": N_("A correction that she asked for"),
    "corrections": N_("List of corrections"),
}
"""What the log says of a look, for herself to read; what is not here is said as the log says it."""


def given(way: Given) -> str:
    """How she was told, in words."""
    return gettext(GIVEN[way])


def givens() -> list[tuple[str, str]]:
    """The ways of telling her, as a form offers them."""
    return [(each.value, gettext(name)) for each, name in GIVEN.items()]


def purpose(why: str) -> str:
    """Why somebody looked, in words."""
    return gettext(PURPOSES[why]) if why in PURPOSES else words.plain(why)


def roles(held: list[str]) -> str:
    """What somebody is at her office, in words."""
    return ", ".join(Role(each).to(language()).capitalize() for each in held) or "–"


def field(name: str) -> str:
    """What a shared field is called."""
    return gettext("known aid (PKH, BPNT) and household number") if name == KNOWN_AID else words.name_of(name)


def service(name: str) -> str:
    """What a part of Kail is called."""
    return gettext(navigation.TITLES[name])
