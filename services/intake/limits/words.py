"""What a person reads for how long a limit is."""

from flask_babel import ngettext

from services.intake.limits.register import LegalLimit, Unit
from services.intake.rights.words import unverified
from shared.machine.words import gap

__all__ = ["gap", "length", "unverified"]


def length(limit: LegalLimit) -> str:
    """How long it is, in the unit that the law counts in."""
    if limit.unit is Unit.HOURS:
        return ngettext("%(num)d hour", "%(num)d hours", limit.count)
    return ngettext("%(num)d working day", "%(num)d working days", limit.count)
