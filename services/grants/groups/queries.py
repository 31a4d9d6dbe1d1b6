"""Which groups are frozen, asked by their journeys."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.grants.groups import rules
from services.grants.groups.models import GroupFreeze
from shared.events.intake import SubjectKind
from shared.kernel import clock
from shared.referrals.models import Referral
from shared.storage.arrays import among


def frozen(session: Session, journey_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """The journeys of groups that are frozen, and until when each has to mend."""
    rows = session.execute(
        select(Referral.journey_id, GroupFreeze)
        .join(GroupFreeze, GroupFreeze.group_id == Referral.subject_id)
        .where(among(Referral.journey_id, journey_ids), Referral.subject_kind == SubjectKind.GROUP)
        .distinct()
    )
    return {journey_id: until for journey_id, freeze in rows if (until := freeze.standing)}


def frozen_until(session: Session, journey_id: UUID) -> str | None:
    """The day by which this journey's group has to mend, as JSON writes it; None where it is not frozen."""
    until = frozen(session, [journey_id]).get(journey_id)
    return until.astimezone(clock.zone()).date().isoformat() if until else None


def refuse_frozen(session: Session, journey_ids: Collection[UUID]) -> None:
    """Refuse new aid where one of these journeys is a frozen group's; raises GroupFrozen."""
    if journey_ids and frozen(session, journey_ids):
        raise rules.GroupFrozen
