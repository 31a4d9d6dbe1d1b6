"""Who waits for whom: open stages by the office that handed on and the office that has them, and how long it takes.

A stage that came back waits for the leading office: with the decision that it owes, it stands beside the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.monitoring.flow import tallies
from services.monitoring.flow.models import TallyStage
from services.monitoring.flow.rules import OWED
from shared.identity.officer import Officer
from shared.kernel import clock


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
    told = tallies.counted(TallyStage, officer, *([] if programme is None else [programme, version]))
    day = told.c.sender_office, told.c.office, told.c.offered_on
    waiting = func.sum(told.c.journeys)
    days = (
        select(*day, waiting.label("waiting"), waiting.filter(told.c.due_on < tallies.today()).label("overdue"))
        .where(told.c.standing.in_(OWED))
        .group_by(*day)
        .subquery("days")
    )
    key = days.c.sender_office, days.c.office
    until = func.sum(days.c.waiting).over(partition_by=key, order_by=days.c.offered_on)
    whole = func.sum(days.c.waiting).over(partition_by=key)
    reckoned = select(days, (until * 2 >= whole).label("is_half")).subquery("reckoned")
    key = reckoned.c.sender_office, reckoned.c.office
    found = session.execute(
        select(
            *key,
            func.sum(reckoned.c.waiting),
            func.coalesce(func.sum(reckoned.c.overdue), 0),
            func.min(reckoned.c.offered_on),
            func.min(reckoned.c.offered_on).filter(reckoned.c.is_half),
        )
        .group_by(*key)
        .order_by(func.sum(reckoned.c.waiting).desc(), *key)
    )
    today = clock.today()
    return [
        Handover(sender, office, int(waiting), int(overdue), (today - oldest).days, (today - middle).days)
        for sender, office, waiting, overdue, oldest, middle in found
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
