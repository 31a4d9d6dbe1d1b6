"""How many people a stage is for: one, or the members of a group as far as this service has been told."""

from shared.events.intake import SubjectKind
from shared.referrals.models import Referral


def members_of(referral: Referral) -> int | None:
    """How many belong to the group, as an earlier stage reported or as was shared; None for a person or unknown."""
    if referral.subject_kind is not SubjectKind.GROUP:
        return None
    counted = [report["facts"].get("members") for report in referral.earlier.values() if report.get("facts")]
    shared = len((referral.particulars or {}).get("members", ()))
    return next((count for count in counted if count), None) or shared or None
