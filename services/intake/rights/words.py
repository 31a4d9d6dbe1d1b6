"""What pages call the ways in which somebody shows who she is."""

from flask_babel import gettext

from services.intake.rights.rules import Identified
from shared.web.messages import N_

IDENTIFIED = {
    Identified.ID_CARD: N_("Identity card (KTP)"),
    Identified.FAMILY_CARD: N_("Family card (KK)"),
    Identified.OTHER_DOCUMENT: N_("Another document"),
    Identified.KNOWN: N_("Known to the officer"),
    Identified.PROXY: N_("Somebody with her written authority"),
}


def identified(way: Identified) -> str:
    """A way of showing who she is, in words."""
    return gettext(IDENTIFIED[way])


def ways() -> list[tuple[str, str]]:
    """The ways, as a form offers them."""
    return [(each.value, gettext(name)) for each, name in IDENTIFIED.items()]


def unverified() -> str:
    """What stands beside whatever nobody has compared with the law."""
    return gettext("not checked by the legal division yet")
