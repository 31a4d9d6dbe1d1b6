"""What pages call the answers, the ways of giving them, and the agencies that they are about."""

from flask_babel import gettext

from services.intake.consents.rules import How, Said
from shared.web.messages import N_

SAID = {
    None: (N_("Not asked yet"), "warning"),
    Said.GIVEN: (N_("Consents"), "good"),
    Said.REFUSED: (N_("Does not consent"), "neutral"),
    Said.WITHDRAWN: (N_("Took it back"), "neutral"),
}
"""For each answer its words and the kind of its tag."""
HOW = {How.PAPER: N_("In writing"), How.RECORDED: N_("Spoken, and recorded")}
AGENCIES = {
    "dinsos": N_("Social affairs office"),
    "dp3a": N_("Women's empowerment office"),
    "disperindag": N_("Industry and trade office"),
    "koperasi": N_("Cooperatives office"),
    "baznas": "Baznas",
    "distransnaker": N_("Manpower office"),
    "perguruan-tinggi": N_("University"),
    "pengusaha": N_("Business"),
    "kelurahan": "Kelurahan",
    "bappeda": "Bappeda",
}


def said_name(said: Said | None) -> str:
    """An answer in words."""
    return gettext(SAID[said][0])


def how_names() -> list[tuple[str, str]]:
    """The ways of answering, as a form offers them."""
    return [(each.value, gettext(name)) for each, name in HOW.items()]


def agency_name(agency: str) -> str:
    """What an agency role is called."""
    return gettext(AGENCIES[agency]) if agency in AGENCIES else agency
