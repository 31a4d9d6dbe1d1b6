"""What funds hear: that the office that owns them was handed over."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.grants.funds.models import Fund
from shared.bus import Announcement, Heard, announce_all, batch
from shared.bus.subscribers import Hearing
from shared.events.envelope import Event
from shared.events.grants import FundHandedOver
from shared.events.intake import OfficeHandedOver
from shared.succession.handlers import hand_over


def hear_offices_handed_over(session: Session, heard: Sequence[Heard[OfficeHandedOver]]) -> None:
    """Give all that these offices hold to their successors, and tell of each fund whose it is now."""
    for each in heard:
        office, successor = each.event.office, each.event.successor
        owned = session.scalars(select(Fund.id).where(Fund.owner_office == office).order_by(Fund.id)).all()
        hand_over(session, office, successor)
        told = [FundHandedOver(fund_id=fund, office=office, successor=successor) for fund in owned]
        announce_all(session, [Announcement(event, cause=each) for event in told])


HEARS: Mapping[type[Event], Hearing] = {OfficeHandedOver: batch(hear_offices_handed_over)}
