"""What is planned and known of a business's visits."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, true
from sqlalchemy.orm import Session

from services.monitoring.visits.models import Visit
from shared.identity.areas import within
from shared.identity.officer import Officer
from shared.referrals.models import Referral

LATEST_SALES = 200


def visits_of(session: Session, referral_ids: Collection[UUID]) -> dict[UUID, list[Visit]]:
    """The visits of each of these referrals, in the order of the plan."""
    found: dict[UUID, list[Visit]] = {each: [] for each in referral_ids}
    for visit in session.scalars(select(Visit).where(Visit.referral_id.in_(found)).order_by(Visit.number)):
        found[visit.referral_id].append(visit)
    return found


def sold_without_approval(session: Session, officer: Officer) -> Sequence[Row[Any]]:
    """Goods that went away within the first year without approval, in an officer's office and areas, latest first."""
    own = true() if officer.reads_everywhere else Referral.office == officer.office
    here = within(Referral.area, officer.areas)
    statement = (
        select(Visit.referral_id, Referral.journey_id, Referral.area, Visit.visited_on)
        .join(Referral, Referral.id == Visit.referral_id)
        .where(Visit.is_flagged, own, here)
        .order_by(Visit.visited_on.desc(), Visit.referral_id)
        .limit(LATEST_SALES)
    )
    return list(session.execute(statement))
