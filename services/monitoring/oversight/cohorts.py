"""What became of those who set out in the same month: how many came how far, and why others left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import FromClause, func, select
from sqlalchemy.orm import Session

from services.monitoring.flow import tallies
from services.monitoring.flow.models import TallyJourney, TallyReached
from services.monitoring.flow.rules import Ended
from services.monitoring.oversight import rules
from shared.identity.officer import Officer
from shared.programmes import layout
from shared.programmes.definition import Programme

GRADUATED = Ended.GRADUATED.value
MOST_COHORTS = 6
"""Months that stand apart; what began earlier stands in one column."""
LEFT = (Ended.REFUSED.value, Ended.WITHDRAWN.value, Ended.STOPPED.value)


@dataclass(frozen=True)
class Milestone:
    """A stage, or the graduation, and how many journeys of each cohort came so far; None where hidden."""

    name: str
    by_cohort: Mapping[date, int | None]
    total: int | None
    percent: int | None


@dataclass(frozen=True)
class Leaving:
    """How a journey ended before its time, at which stage, and how many did so."""

    outcome: str
    because: str | None
    journeys: int | None


@dataclass(frozen=True)
class Funnel:
    """The cohorts of a programme's version, the earliest first; `earlier` says that the first one is all before it."""

    cohorts: tuple[date, ...]
    earlier: bool
    opened: Mapping[date, int | None]
    total: int | None
    milestones: tuple[Milestone, ...]
    leaving: tuple[Leaving, ...]


def funnel(session: Session, officer: Officer, programme: Programme) -> Funnel:
    """The funnel of a programme's version in the officer's areas."""
    told = tallies.counted(TallyJourney, officer, *programme.key)
    opened = _opened(session, told)
    cohorts, earlier = _standing_apart(sorted(opened))
    opened = _gathered(opened, cohorts)
    reached = {
        name: _gathered(found, cohorts)
        for name, found in _reached(session, officer, programme, told).items()
        if name in programme.stages or name == GRADUATED
    }
    names = [*_in_order(programme), GRADUATED]
    total = sum(opened.values())
    noughts = dict.fromkeys(cohorts, 0)
    shown = rules.shown_funnel(opened, {name: {**noughts, **reached.get(name, {})} for name in names}, officer)
    totals = rules.shown_funnel(
        {"all": total}, {name: {"all": sum(reached.get(name, {}).values())} for name in names}, officer
    )
    return Funnel(
        cohorts=tuple(cohorts),
        earlier=earlier,
        opened=rules.shown(opened, officer),
        total=rules.shown_alone(total, officer),
        milestones=tuple(
            Milestone(name, shown[name], totals[name]["all"], rules.percent(totals[name]["all"], total))
            for name in names
        ),
        leaving=_leaving(session, officer, told),
    )


def _in_order(programme: Programme) -> list[str]:
    """The stages by how many lie before them, as the map shows them."""
    return [box.name for box in sorted(layout.layout_of(programme).boxes, key=lambda box: (box.layer, box.x))]


def _standing_apart(months: Sequence[date]) -> tuple[list[date], bool]:
    if len(months) <= MOST_COHORTS:
        return list(months), False
    return [months[0], *months[-MOST_COHORTS:]], True


def _gathered(found: Mapping[date, int], cohorts: Sequence[date]) -> dict[date, int]:
    """The figures of all months before the second cohort under the first one, where they do not stand apart."""
    gathered = dict.fromkeys(cohorts, 0)
    for month, journeys in found.items():
        gathered[month if month in gathered else cohorts[0]] += journeys
    return gathered


def _opened(session: Session, told: FromClause) -> dict[date, int]:
    rows = session.execute(select(told.c.cohort, func.sum(told.c.journeys)).group_by(told.c.cohort))
    return {cohort: int(journeys) for cohort, journeys in rows}


def _reached(session: Session, officer: Officer, programme: Programme, told: FromClause) -> dict[str, dict[date, int]]:
    """How many journeys of each month completed each stage, and how many graduated."""
    found: dict[str, dict[date, int]] = {}
    done = tallies.counted(TallyReached, officer, *programme.key)
    completed = select(done.c.stage, done.c.cohort, func.sum(done.c.journeys)).group_by(done.c.stage, done.c.cohort)
    for stage, cohort, journeys in session.execute(completed):
        found.setdefault(stage, {})[cohort] = int(journeys)
    graduated = select(told.c.cohort, func.sum(told.c.journeys)).where(told.c.standing == GRADUATED)
    found[GRADUATED] = {
        cohort: int(journeys) for cohort, journeys in session.execute(graduated.group_by(told.c.cohort))
    }
    return found


def _leaving(session: Session, officer: Officer, told: FromClause) -> tuple[Leaving, ...]:
    journeys = func.sum(told.c.journeys)
    rows = session.execute(
        select(told.c.standing, told.c.because, journeys)
        .where(told.c.standing.in_(LEFT))
        .group_by(told.c.standing, told.c.because)
        .order_by(journeys.desc(), told.c.standing, told.c.because)
    ).all()
    shown = rules.shown({(outcome, because): int(number) for outcome, because, number in rows}, officer)
    return tuple(Leaving(outcome, because, shown[outcome, because]) for outcome, because, _ in rows)
