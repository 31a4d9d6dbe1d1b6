"""How a referral's changes are told: every event names the referral and the office that answers for it."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from shared.bus import Announcement, Heard, announce_all
from shared.events.referrals import ReferralEvent
from shared.referrals.models import Referral

E = TypeVar("E", bound=ReferralEvent)


def of(kind: type[E], referral: Referral, **more: Any) -> E:
    """An event about this referral."""
    return kind(
        journey_id=referral.journey_id,
        referral_id=referral.id,
        stage=referral.stage,
        agency=referral.agency,
        office=referral.office,
        **more,
    )


def announce_each(
    session: Session,
    kind: type[ReferralEvent],
    referrals: Iterable[Referral],
    causes: Mapping[UUID, Heard[Any]] | None = None,
) -> None:
    """Announce the same event of many referrals with one insert; `causes` is by referral's id."""
    causes = causes or {}
    announce_all(session, [Announcement(of(kind, each), cause=causes.get(each.id)) for each in referrals])
