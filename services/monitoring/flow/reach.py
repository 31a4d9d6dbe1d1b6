"""How far a programme has come, counted from events alone: the same after a replay.

Whoever asks sees the journeys of her own areas. Figures of fewer than five are hidden.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, distinct, func, literal, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from services.monitoring.flow.models import JourneyFigure, VisitFigure
from services.monitoring.flow.queries import ours
from shared.identity.officer import Officer
from shared.privacy import cells
from shared.programmes.definition import Programme

WOMEN, KELURAHAN = "vulnerable_women", "target_groups"
"""The figures of a programme that say how many women there are and how many kelurahan, each to have a group."""
VISITS, RECRUITMENT = "monitoring.visits", "intake.recruitment"
VILLAGE_DOTS = 3
"""An area code with so many dots is a kelurahan's or desa's. Source: Kemendagri's area codes."""


@dataclass(frozen=True)
class Generation:
    """Groups that are so many recruitments away from the first ones; None where a figure is too small to be shown."""

    number: int
    groups: int | None
    women: int | None


@dataclass(frozen=True)
class Coverage:
    """Women and kelurahan reached up to now, towards what the programme names; None where nobody has named it."""

    women: int | None
    kelurahan: int | None
    women_wanted: int | None
    kelurahan_wanted: int | None
    generations: tuple[Generation, ...]


@dataclass(frozen=True)
class Survival:
    """How many businesses were seen in a month after the hand-over, and how many of them lived on."""

    month: int
    visited: int | None
    alive: int | None
    stalled: int | None

    @property
    def percent(self) -> int | None:
        """The share that lived on, rounded down; None where it is hidden or nobody was visited."""
        return self.alive * 100 // self.visited if self.visited and self.alive is not None else None


def recruits(programme: Programme) -> bool:
    """Whether members of this programme bring others, so that its coverage grows by generations."""
    return any(stage.does == RECRUITMENT for stage in programme.stages.values())


def months_of(programme: Programme) -> list[int]:
    """The months after the hand-over in which a programme visits the businesses."""
    visits = [stage.settings["months"] for stage in programme.stages.values() if stage.does == VISITS]
    return sorted({month for months in visits for month in months})


def coverage(session: Session, officer: Officer, programme: Programme) -> Coverage:
    """Whom a programme has reached: the members of every journey that was opened, whatever became of it."""
    mine = and_(*ours(officer, *programme.key))
    women, kelurahan = session.execute(
        select(
            func.coalesce(func.sum(JourneyFigure.members), 0),
            func.count(distinct(JourneyFigure.area)).filter(_is_village(JourneyFigure.area)),
        ).where(mine)
    ).one()
    wanted = {each.name: each.value for each in programme.figures.values()}
    return Coverage(
        women=None if cells.suppressed(women) else women,
        kelurahan=None if cells.suppressed(women) else kelurahan,
        women_wanted=wanted.get(WOMEN),
        kelurahan_wanted=wanted.get(KELURAHAN),
        generations=_generations(session, programme.id, mine),
    )


def survival(session: Session, officer: Officer, programme: Programme) -> list[Survival]:
    """How the businesses did in each planned month: a later visit of the same month counts instead of an earlier."""
    latest = (
        select(VisitFigure.journey_id, VisitFigure.month, VisitFigure.condition)
        .join(JourneyFigure, JourneyFigure.id == VisitFigure.journey_id)
        .where(*ours(officer, *programme.key))
        .ext(distinct_on(VisitFigure.journey_id, VisitFigure.month))
        .order_by(
            VisitFigure.journey_id, VisitFigure.month, VisitFigure.recorded_at.desc(), VisitFigure.referral_id.desc()
        )
        .subquery()
    )
    is_stalled = latest.c.condition == "stalled"
    counted = {
        month: {"alive": alive, "stalled": stalled}
        for month, alive, stalled in session.execute(
            select(latest.c.month, func.count().filter(~is_stalled), func.count().filter(is_stalled)).group_by(
                latest.c.month
            )
        )
    }
    return [_survival(month, counted.get(month, {"alive": 0, "stalled": 0})) for month in months_of(programme)]


def _survival(month: int, counted: Mapping[str, int]) -> Survival:
    visited = sum(counted.values())
    if cells.suppressed(visited):
        return Survival(month, 0 if visited == 0 else None, None, None)
    shown = cells.shown(counted)
    return Survival(month, visited, shown["alive"], shown["stalled"])


def _generations(session: Session, programme: str, mine: ColumnElement[bool]) -> tuple[Generation, ...]:
    """The journeys of a programme by how many recruitments they are away from one that nobody recruited."""
    parent, child = aliased(JourneyFigure), aliased(JourneyFigure)
    begun = (
        select(JourneyFigure.id, literal(1).label("number"))
        .outerjoin(parent, and_(parent.id == JourneyFigure.parent_journey_id, parent.programme == programme))
        .where(JourneyFigure.programme == programme, parent.id.is_(None))
        .cte("descent", recursive=True)
    )
    descent = begun.union_all(
        select(child.id, begun.c.number + 1).where(child.programme == programme, child.parent_journey_id == begun.c.id)
    )
    rows = session.execute(
        select(descent.c.number, func.count(), func.sum(JourneyFigure.members))
        .join(JourneyFigure, JourneyFigure.id == descent.c.id)
        .where(mine)
        .group_by(descent.c.number)
        .order_by(descent.c.number)
    ).all()
    shown = cells.shown({number: women for number, _, women in rows})
    return tuple(
        Generation(number, groups if shown[number] is not None else None, shown[number]) for number, groups, _ in rows
    )


def _is_village(area: Any) -> ColumnElement[bool]:
    return func.length(area) - func.length(func.replace(area, ".", "")) == VILLAGE_DOTS
