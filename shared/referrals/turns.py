"""Which results go against her: they end her journey or send it back, and nobody reports them by accident."""

from shared.kernel.errors import DomainError
from shared.programmes import kinds, library
from shared.referrals.models import Referral


def goes_against_her(referral: Referral, outcome: str) -> bool:
    """Whether an outcome does by the nature of its stage, or as the referral's programme has it."""
    if outcome in kinds.kind(referral.kind).adverse:
        return True
    try:
        stage = library.programme(referral.programme, referral.version).stages.get(referral.stage)
    except DomainError:
        return False  # it is not published here any more: its kind alone says
    return referral.kind != kinds.DECISION.name and stage is not None and stage.goes_against_her(outcome)
