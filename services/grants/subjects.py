"""What a stage's referral tells of its subject and its programme, as far as this service has been told."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from shared.events.intake import SubjectKind
from shared.referrals.models import Referral
from shared.storage.arrays import among


def members_of(referral: Referral) -> int | None:
    """How many belong to the group, as an earlier stage reported or as was shared; None for a person or unknown."""
    if referral.subject_kind is not SubjectKind.GROUP:
        return None
    counted = [report["facts"].get("members") for report in referral.earlier.values() if report.get("facts")]
    shared = len((referral.particulars or {}).get("members", ()))
    return next((count for count in counted if count), None) or shared or None


def versions_of(session: Session, journeys: Collection[UUID]) -> dict[UUID, int]:
    """By which version of its programme each of these journeys was last worked on here."""
    latest = (
        select(Referral.journey_id, Referral.version)
        .where(among(Referral.journey_id, journeys))
        .ext(distinct_on(Referral.journey_id))
        .order_by(Referral.journey_id, Referral.offered_at.desc(), Referral.id.desc())
    )
    return {row.journey_id: row.version for row in session.execute(latest)} if journeys else {}
