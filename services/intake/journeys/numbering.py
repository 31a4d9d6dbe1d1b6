"""Which number a new journey has: an identifier is drawn until its number is nobody else's."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.journeys.models import Journey
from services.intake.journeys.rules import NumberTaken
from shared.kernel import ids, numbers
from shared.storage.arrays import among
from shared.storage.numbers import number_of


def fresh_ids(session: Session, count: int) -> list[UUID]:
    """So many new identifiers for journeys, no two of them with one number and none with that of a journey."""
    found: dict[str, UUID] = {}
    while len(found) < count:
        drawn = {numbers.plain(each): each for each in (ids.new_id() for _ in range(count - len(found)))}
        for number in session.scalars(select(number_of(Journey.id)).where(among(number_of(Journey.id), drawn))):
            del drawn[number]
        found |= drawn
    return list(found.values())


def require_own(session: Session, not_opened: Sequence[UUID]) -> None:
    """Raise NumberTaken where somebody else opened a journey with the same number at this very moment."""
    if not_opened:
        drawn = [numbers.plain(each) for each in not_opened]
        taken = select(Journey.id).where(among(number_of(Journey.id), drawn), ~among(Journey.id, not_opened))
        if session.scalar(taken.limit(1)) is not None:
            raise NumberTaken
