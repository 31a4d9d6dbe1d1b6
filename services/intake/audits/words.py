"""What a person reads for how bad a finding is."""

from flask_babel import gettext

from shared.bus.audit import Gravity
from shared.web.messages import N_

GRAVITIES = {Gravity.BROKEN.value: "bad", Gravity.BEHIND.value: "waiting", Gravity.HELD.value: "warning"}
NAMES = {
    Gravity.BROKEN.value: N_("broken"),
    Gravity.BEHIND.value: N_("under way"),
    Gravity.HELD.value: N_("held"),
}


def gravity_name(gravity: str) -> str:
    """How bad a finding is, in a word."""
    return gettext(NAMES[gravity]) if gravity in NAMES else gravity
