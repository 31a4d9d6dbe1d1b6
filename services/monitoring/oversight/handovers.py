"""Who waits for whom: open stages by the office that handed on and the office that has them, and how long it takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.monitoring.flow.models import StageFigure, StageStanding
from services.monitoring.flow.tallies import start_of_today, within
from shared.identity.officer import Officer
from shared.kernel import clock

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Handover:
    """How many open stages one office waits for from another, and for how many days: the longest and the middle."""

    sender_office: str
    office: str
    waiting: int
    overdue: int
    oldest_days: int
    median_days: int


@dataclass(frozen=True)
class Matrix:
    """Hand-overs as a table: rows are those who wait, columns those who are waited for, the busiest first."""

    senders: tuple[str, ...]
    offices: tuple[str, ...]
    cells: dict[tuple[str, str], Handover]

    def waiting_for(self, office: str) -> int:
        """All that an office has to do for others."""
        return sum(each.waiting for each in self.cells.values() if each.office == office)


def handovers(session: Session, officer: Officer, programme: str | None, version: int | None) -> Sequence[Handover]:
    """The hand-overs in an officer's areas, of one programme's version or of all; the longest queue first."""
    key = StageStanding.sender_office, StageStanding.office
    listed = (
        select(
            *key,
            func.count().label("waiting"),
            func.count().filter(StageStanding.due_at < start_of_today()),
            func.min(StageFigure.offered_at),
            func.percentile_disc(0.5).within_group(StageFigure.offered_at),
        )
        .join(StageFigure, StageFigure.id == StageStanding.turn)
        .where(StageStanding.due_at.is_not(None), within(StageStanding.area, officer.areas))
        .group_by(*key)
        .order_by(func.count().desc(), *key)
    )
    if programme is not None:
        listed = listed.where(StageStanding.programme == programme, StageStanding.version == version)
    rows = session.execute(listed)
    now = clock.now()
    return [
        Handover(sender, office, waiting, overdue, _days(oldest, now), _days(middle, now))
        for sender, office, waiting, overdue, oldest, middle in rows
    ]


def matrix(found: Sequence[Handover]) -> Matrix:
    """The hand-overs as a table."""
    senders: dict[str, int] = {}
    offices: dict[str, int] = {}
    for each in found:
        senders[each.sender_office] = senders.get(each.sender_office, 0) + each.waiting
        offices[each.office] = offices.get(each.office, 0) + each.waiting
    return Matrix(
        tuple(sorted(senders, key=lambda name: (-senders[name], name))),
        tuple(sorted(offices, key=lambda name: (-offices[name], name))),
        {(each.sender_office, each.office): each for each in found},
    )


def _days(since: datetime, now: datetime) -> int:
    return max((now - since) // DAY, 0)
