"""What pages call the answers and the ways of giving them."""

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


def said_name(said: Said | None) -> str:
    """An answer in words."""
    return gettext(SAID[said][0])


def how_names() -> list[tuple[str, str]]:
    """The ways of answering, as a form offers them."""
    return [(each.value, gettext(name)) for each, name in HOW.items()]
