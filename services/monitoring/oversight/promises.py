"""Promises kept: how many referrals each office closed in time, month by month, and in how many working days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.monitoring.flow import tallies
from services.monitoring.flow.models import TallyPromise
from services.monitoring.flow.rules import local_day, median
from services.monitoring.oversight import rules
from shared.identity.officer import Officer
from shared.kernel import clock


@dataclass(frozen=True)
class Month:
    """How many promises an office closed in a month, and how many of them in time."""

    closed: int
    kept: int

    @property
    def percent(self) -> int | None:
        """The share that was closed in time; None where there was nothing to close."""
        return rules.percent(self.kept, self.closed)


@dataclass(frozen=True)
class Office:
    """An office's promises of the last months, and the middle number of working days that they took."""

    office: str
    agency: str
    months: Mapping[date, Month]
    median_working_days: int | None

    @property
    def whole(self) -> Month:
        """All these months together."""
        return Month(sum(each.closed for each in self.months.values()), sum(each.kept for each in self.months.values()))


@dataclass(frozen=True)
class Promises:
    """The promises of all offices, over the months from the earliest to this one."""

    months: tuple[date, ...]
    offices: tuple[Office, ...]


def promises(session: Session, officer: Officer, programme: str | None, version: int | None) -> Promises:
    """What the offices in an officer's areas closed, this month and in those before it."""
    months = rules.months_back(local_day(clock.now()), rules.RECENT_MONTHS)
    counted: dict[tuple[str, str], dict[date, list[int]]] = {}
    lengths: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for agency, office, month, kept, days, referrals in _closed(session, officer, programme, version, months[0]):
        by_month = counted.setdefault((agency, office), {each: [0, 0] for each in months})
        by_month[month][0] += referrals
        by_month[month][1] += referrals if kept else 0
        lengths.setdefault((agency, office), []).append((days, referrals))
    offices = [
        Office(
            office,
            agency,
            {month: Month(*figures) for month, figures in by_month.items()},
            median(lengths[agency, office]),
        )
        for (agency, office), by_month in counted.items()
    ]
    return Promises(tuple(months), tuple(sorted(offices, key=lambda each: (each.whole.percent or 0, each.office))))


def _closed(
    session: Session, officer: Officer, programme: str | None, version: int | None, since: date
) -> Sequence[tuple[str, str, date, bool, int, int]]:
    told = tallies.counted(TallyPromise, officer, *((programme, version) if programme else ()))
    key = told.c.agency, told.c.office, told.c.month, told.c.kept, told.c.working_days
    rows = session.execute(select(*key, func.sum(told.c.referrals)).where(told.c.month >= since).group_by(*key))
    return [(*row[:-1], int(row[-1])) for row in rows]
