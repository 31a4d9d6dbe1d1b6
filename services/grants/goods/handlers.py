"""What grants hears beyond its worklist: a journey that ends too early lets go of the money it holds."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.grants.goods.commands import calling_off
from shared.bus import Heard
from shared.events.intake import JourneyEnded, JourneyOutcome

PREMATURE = frozenset({JourneyOutcome.REFUSED, JourneyOutcome.WITHDRAWN, JourneyOutcome.STOPPED})


def hear_journeys_ended(session: Session, heard: Sequence[Heard[JourneyEnded]]) -> None:
    """Call off the grants of journeys that end too early; one that came to its own end keeps its own."""
    ended = [each.event.journey_id for each in heard if each.event.outcome in PREMATURE]
    if ended:
        calling_off.call_off(session, ended)
