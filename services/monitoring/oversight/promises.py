"""Promises kept: how many referrals each office closed in time, month by month, and in how many working days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.monitoring.flow import tallies
from services.monitoring.flow.models import ReferralFigure, StageFigure, StageStanding, TallyPromise
from services.monitoring.flow.rules import local_day, median
from services.monitoring.oversight import rules
from shared.identity.areas import within
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.web import paging


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


@dataclass(frozen=True)
class ClosedStage:
    """A stage that an office closed, and whether it did so before its date was over."""

    referral_id: UUID
    journey_id: UUID
    programme: str
    version: int
    area: str
    stage: str
    agency: str
    office: str
    closed_as: str
    outcome: str | None
    offered_at: datetime
    due_at: datetime
    closed_at: datetime
    kept: bool
    working_days: int


def closed_stages(
    session: Session,
    officer: Officer,
    *,
    programme: str | None = None,
    version: int | None = None,
    office: str | None = None,
    month: date | None = None,
    since: date | None = None,
    kept: bool | None = None,
    after: str | None = None,
    limit: int = paging.USUAL,
) -> paging.Page[ClosedStage]:
    """The stages behind the promises, the latest month first; months are named by any of their days."""
    standing = StageStanding
    listed = select(standing).where(standing.closed_in.is_not(None), within(standing.area, officer.areas))
    wanted = {
        standing.programme: programme,
        standing.version: version,
        standing.office: office,
        standing.closed_in: month and month.replace(day=1),
        standing.kept: kept,
    }
    listed = listed.where(*(column == value for column, value in wanted.items() if value is not None))
    if since is not None:
        listed = listed.where(standing.closed_in >= since.replace(day=1))
    page = paging.page(session, listed, standing.closed_in, standing.turn, after=after, limit=limit, newest_first=True)
    told = {
        stage.id: (stage, referral)
        for stage, referral in session.execute(
            select(StageFigure, ReferralFigure)
            .join(ReferralFigure, ReferralFigure.id == StageFigure.id)
            .where(StageFigure.id.in_([each.turn for each in page.items]))
        )
    }
    return paging.Page([_closed_stage(each, *told[each.turn]) for each in page.items], page.next)


def _closed_stage(turn: StageStanding, stage: StageFigure, referral: ReferralFigure) -> ClosedStage:
    assert turn.closed_as is not None
    assert turn.kept is not None
    assert turn.working_days is not None
    assert referral.closed_at is not None
    return ClosedStage(
        referral_id=turn.turn,
        journey_id=turn.journey_id,
        programme=turn.programme,
        version=turn.version,
        area=turn.area,
        stage=turn.stage,
        agency=stage.agency,
        office=stage.office,
        closed_as=turn.closed_as,
        outcome=referral.outcome,
        offered_at=stage.offered_at,
        due_at=stage.due_at,
        closed_at=referral.closed_at,
        kept=turn.kept,
        working_days=turn.working_days,
    )


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
