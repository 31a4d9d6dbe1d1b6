"""What every service does when an office is handed over: whatever it holds here is its successor's."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select, tuple_, update
from sqlalchemy.orm import Session

from shared.bus import Heard, batch
from shared.bus.subscribers import Hearing
from shared.events.envelope import Event
from shared.events.intake import JourneyHandedOver, OfficeHandedOver
from shared.referrals.models import Referral
from shared.succession.queries import held_columns
from shared.succession.rules import MOVED


def hear_offices_handed_over(session: Session, heard: Sequence[Heard[OfficeHandedOver]]) -> None:
    """Make what these offices hold here their successors'; heard twice, there is nothing left to do."""
    for each in heard:
        hand_over(session, each.event.office, each.event.successor)


def hear_journeys_handed_over(session: Session, heard: Sequence[Heard[JourneyHandedOver]]) -> None:
    """Hand over once more where a stage was offered to the old office so late that its hand-over was heard before."""
    told = {(each.event.journey_id, each.event.office): each.event.successor for each in heard}
    late = session.execute(
        select(Referral.journey_id, Referral.office)
        .where(tuple_(Referral.journey_id, Referral.office).in_(told.keys()))
        .distinct()
    )
    for office, successor in sorted({(row.office, told[row.journey_id, row.office]) for row in late}):
        hand_over(session, office, successor)


def hand_over(session: Session, office: str, successor: str) -> None:
    """Make all that an office holds in this service's database its successor's."""
    for column in held_columns(session.info["service"]):
        if f"{column.table.name}.{column.name}" in MOVED:
            continue
        session.execute(
            update(column.table).where(column == office).values({column.name: successor}),
            execution_options={"synchronize_session": False},
        )
    session.expire_all()


HEARS: Mapping[type[Event], Hearing] = {
    OfficeHandedOver: batch(hear_offices_handed_over),
    JourneyHandedOver: batch(hear_journeys_handed_over),
}
"""The part of every service's table of handlers by which an office leaves its work to another."""
