"""Who has signed what."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.monitoring.outcomes.models import GraduationSignature
from shared.storage.arrays import among


def signatures_of(session: Session, referral_ids: Collection[UUID]) -> dict[UUID, list[GraduationSignature]]:
    """The signatures on each of these referrals, in the order in which they were given."""
    found: dict[UUID, list[GraduationSignature]] = {each: [] for each in referral_ids}
    signed = select(GraduationSignature).where(among(GraduationSignature.referral_id, found))
    for signature in session.scalars(signed.order_by(GraduationSignature.number)):
        found[signature.referral_id].append(signature)
    return found
