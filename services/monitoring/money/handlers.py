"""Which event of grants moves which figure of money."""

from collections.abc import Mapping

from services.monitoring.money import commands
from shared.bus import batch
from shared.bus.subscribers import Hearing
from shared.events.envelope import Event
from shared.events.grants import FundHandedOver, FundMoved, FundOpened

HEARS: Mapping[type[Event], Hearing] = {
    FundOpened: batch(commands.open_funds),
    FundMoved: batch(commands.move_funds),
    FundHandedOver: batch(commands.hand_funds_over),
}
