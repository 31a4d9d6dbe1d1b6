"""What a person reads for what has become of a proposal."""

from flask_babel import gettext

from services.intake.proposals.rules import ProposalState
from shared.web.messages import N_

STATES = {
    ProposalState.WAITING: (N_("Waits for a second person"), "waiting"),
    ProposalState.PUBLISHED: (N_("Published"), "good"),
    ProposalState.REFUSED: (N_("Refused"), "bad"),
    ProposalState.TAKEN_BACK: (N_("Taken back"), "neutral"),
}


def state_name(state: ProposalState) -> str:
    """What has become of it."""
    return gettext(STATES[state][0])


def state_kind(state: ProposalState) -> str:
    """How its tag is marked."""
    return STATES[state][1]
