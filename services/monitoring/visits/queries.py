"""What is planned and known of a business's visits."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.monitoring.visits.models import Visit


def visits_of(session: Session, referral_ids: Collection[UUID]) -> dict[UUID, list[Visit]]:
    """The visits of each of these referrals, in the order of the plan."""
    found: dict[UUID, list[Visit]] = {each: [] for each in referral_ids}
    for visit in session.scalars(select(Visit).where(Visit.referral_id.in_(found)).order_by(Visit.number)):
        found[visit.referral_id].append(visit)
    return found
