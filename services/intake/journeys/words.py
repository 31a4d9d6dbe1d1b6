"""What pages call the standings of a stage and the ends of a journey."""

from flask_babel import gettext

from shared.events.intake import JourneyOutcome, StuckBecause
from shared.referrals.words import place
from shared.web.messages import N_

__all__ = ["STANDINGS", "journey_outcome", "place", "standing", "stuck_because"]

STANDINGS = {
    "waiting": (N_("Not reached yet"), "neutral"),
    "offered": (N_("Offered"), "waiting"),
    "opened": (N_("Opened"), "waiting"),
    "accepted": (N_("Taken on"), "active"),
    "stuck": (N_("Came back"), "bad"),
    "done": (N_("Done"), "good"),
    "skipped": (N_("Skipped"), "neutral"),
    "again": (N_("To be done again"), "neutral"),
}
"""For each standing of a stage its words and the kind of its tag."""
OUTCOMES = {
    JourneyOutcome.GRADUATED: N_("Graduated"),
    JourneyOutcome.COMPLETED: N_("Completed"),
    JourneyOutcome.REFUSED: N_("Refused"),
    JourneyOutcome.WITHDRAWN: N_("Withdrew"),
    JourneyOutcome.STOPPED: N_("Ended by the leading office"),
}
BECAUSE = {
    StuckBecause.DECLINED: N_("Declined"),
    StuckBecause.UNANSWERED: N_("Unanswered"),
    StuckBecause.RETURNED: N_("Given back"),
    StuckBecause.CONSENT_MISSING: N_("Consent missing"),
}


def standing(code: str) -> str:
    """Where a stage stands, in words."""
    return gettext(STANDINGS[code][0])


def journey_outcome(code: JourneyOutcome) -> str:
    """How a journey ended, in words."""
    return gettext(OUTCOMES[code])


def stuck_because(code: StuckBecause) -> str:
    """Why a stage came back, in words."""
    return gettext(BECAUSE[code])
