"""Who passed a referral to whom, told by the office's service and kept wherever the journey is shown."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.bus import Announcement, Heard, announce_all
from shared.events.referrals import ReferralReassigned
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.referrals import announcing
from shared.referrals.models import HandedOn, Referral

SHOWN_IN = ("intake", "monitoring")
"""The services that show a journey whole, and therefore are told the names."""


def tell(
    session: Session,
    officer: Officer,
    referrals: Sequence[Referral],
    before: Mapping[UUID, tuple[UUID | None, str | None]],
) -> None:
    """Announce that an officer passed these referrals on, and write it down; `before` says who handled each."""
    if not referrals:
        return
    at, here = clock.now(), session.info["service"]
    told = []
    for each in referrals:
        whose, name = before[each.id]
        event = announcing.of(
            ReferralReassigned, each, handed_by=officer.id, handed_from=whose, handed_to=each.handled_by, handed_at=at
        )
        # the name stays on a referral whose handler has left: it is hers from whom it comes
        told.append((event, {"by": officer.signs, "from": name, "to": each.handler_name}))
    sealed = [service for service in SHOWN_IN if service != here]
    ids = announce_all(
        session, [Announcement(event, {service: {"names": names} for service in sealed}) for event, names in told]
    )
    _keep(session, [(event_id, *each) for event_id, each in zip(ids, told, strict=True)])


def hear_reassigned(session: Session, heard: Sequence[Heard[ReferralReassigned]]) -> None:
    """Keep who passed a referral of another service to whom; heard again, what is known stays as it is."""
    _keep(session, [(each.id, each.event, (each.sealed or {}).get("names")) for each in heard])


def of_journey(session: Session, journey_id: UUID, referral_id: UUID | None = None) -> list[dict[str, Any]]:
    """Who passed a journey's referrals, or one of them, from whom to whom and when; the earliest first."""
    wanted = select(HandedOn).where(HandedOn.journey_id == journey_id)
    if referral_id is not None:
        wanted = wanted.where(HandedOn.referral_id == referral_id)
    return [_described(each) for each in session.scalars(wanted.order_by(HandedOn.at, HandedOn.id))]


def _described(each: HandedOn) -> dict[str, Any]:
    names = each.names or {}
    return {
        "id": each.id,
        "referral_id": each.referral_id,
        "stage": each.stage,
        "office": each.office,
        "by": each.by_id,
        "by_name": names.get("by"),
        "from": each.from_id,
        "from_name": names.get("from"),
        "to": each.to_id,
        "to_name": names.get("to"),
        "at": each.at,
    }


def _keep(session: Session, told: Sequence[tuple[UUID, ReferralReassigned, dict[str, Any] | None]]) -> None:
    rows = [
        {
            "id": event_id,
            "journey_id": event.journey_id,
            "referral_id": event.referral_id,
            "stage": event.stage,
            "office": event.office,
            "by_id": event.handed_by,
            "from_id": event.handed_from,
            "to_id": event.handed_to,
            "names": names,
            "at": event.handed_at,
        }
        for event_id, event, names in told
    ]
    if rows:
        session.execute(insert(HandedOn).on_conflict_do_nothing(), rows)
