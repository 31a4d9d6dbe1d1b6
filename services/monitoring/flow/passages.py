"""How many journeys came along each line of the process map lately."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.monitoring.flow import tallies
from services.monitoring.flow.models import TallyPassage
from shared.identity.officer import Officer
from shared.kernel import clock

LATELY = timedelta(days=30)
Passages = Mapping[tuple[str, str | None], int]
"""By the stage that was entered, and the outcome that sent a journey back to it; None for who came the first time."""


def lately(session: Session, officer: Officer, programme: str, version: int) -> Passages:
    """The passages of the last 30 days in the officer's areas."""
    told = tallies.counted(TallyPassage, officer, programme, version)
    since = clock.today() - LATELY
    rows = session.execute(
        select(told.c.stage, told.c.via, func.sum(told.c.journeys))
        .where(told.c.day > since)
        .group_by(told.c.stage, told.c.via)
    )
    return {(stage, via): int(journeys) for stage, via, journeys in rows}
