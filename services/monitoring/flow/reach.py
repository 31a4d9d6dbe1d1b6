"""How far a programme has come, counted from events alone: the same after a replay.

Whoever asks sees the journeys of her own areas. Figures of fewer than five are hidden.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import FromClause, func, select
from sqlalchemy.orm import Session

from services.monitoring.flow import tallies
from services.monitoring.flow.models import TallyJourney, TallyPlace, TallyVisit
from shared.identity.areas import meet
from shared.identity.officer import Officer
from shared.places import Level, below, kecamatan_of, level_of, name_of
from shared.privacy import cells
from shared.programmes.definition import Programme

WOMEN, KELURAHAN = "vulnerable_women", "target_groups"
"""The figures of a programme that say how many women there are and how many kelurahan, each to have a group."""
VISITS, RECRUITMENT = "monitoring.visits", "intake.recruitment"


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
class Kelurahan:
    """A kelurahan or desa, with the names of the kecamatan and of the regency or city in which it lies."""

    code: str
    name: str
    kecamatan: str
    regency: str


@dataclass(frozen=True)
class Unreached:
    """The kelurahan and desa of a programme, in an officer's areas, in which nobody has set out yet.

    `kelurahan` is None where so few have set out that naming the others would tell of them; `of` is how many there are.
    """

    kelurahan: tuple[Kelurahan, ...] | None
    of: int


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
    """Whom a programme has reached: the members of every journey that was opened, each once, whatever became of it."""
    told = tallies.counted(TallyJourney, officer, *programme.key)
    women = tallies.women(session, officer, *programme.key).get((), 0)
    places = tallies.counted(TallyPlace, officer, *programme.key)
    kelurahan = session.scalar(select(func.count(places.c.area.distinct())))
    wanted = {each.name: each.value for each in programme.figures.values()}
    return Coverage(
        women=None if cells.suppressed(women) else women,
        kelurahan=None if cells.suppressed(women) else kelurahan,
        women_wanted=wanted.get(WOMEN),
        kelurahan_wanted=wanted.get(KELURAHAN),
        generations=_generations(session, officer, programme, told),
    )


def unreached(session: Session, officer: Officer, programme: Programme) -> Unreached:
    """The kelurahan of a programme's region and the officer's areas that have no group, and nobody alone, yet."""
    inside = [
        code
        for code, _ in below(programme.region, Level.VILLAGE)
        if level_of(code) is Level.VILLAGE and meet([code], officer.areas)
    ]
    carried = tallies.women(session, officer, *programme.key).get((), 0)
    if carried and cells.suppressed(carried):
        return Unreached(None, len(inside))
    places = tallies.counted(TallyPlace, officer, *programme.key)
    reached = set(session.scalars(select(places.c.area).distinct()))
    return Unreached(tuple(_kelurahan(code) for code in inside if code not in reached), len(inside))


def _kelurahan(code: str) -> Kelurahan:
    kecamatan = kecamatan_of(code)
    return Kelurahan(code, name_of(code), name_of(kecamatan), name_of(kecamatan.rpartition(".")[0]))


def survival(session: Session, officer: Officer, programme: Programme) -> list[Survival]:
    """How the businesses did in each planned month: a later visit of the same month counts instead of an earlier."""
    told = tallies.counted(TallyVisit, officer, *programme.key)
    is_stalled = told.c.condition == "stalled"
    journeys = func.sum(told.c.journeys)
    counted = {
        month: {"alive": int(alive), "stalled": int(stalled)}
        for month, alive, stalled in session.execute(
            select(
                told.c.month,
                func.coalesce(journeys.filter(~is_stalled), 0),
                func.coalesce(journeys.filter(is_stalled), 0),
            ).group_by(told.c.month)
        )
    }
    return [_survival(month, counted.get(month, {"alive": 0, "stalled": 0})) for month in months_of(programme)]


def _survival(month: int, counted: Mapping[str, int]) -> Survival:
    visited = sum(counted.values())
    if cells.suppressed(visited):
        return Survival(month, 0 if visited == 0 else None, None, None)
    shown = cells.shown(counted)
    return Survival(month, visited, shown["alive"], shown["stalled"])


def _generations(session: Session, officer: Officer, programme: Programme, told: FromClause) -> tuple[Generation, ...]:
    """The journeys of a programme by how many recruitments they are away from one that nobody recruited."""
    rows = session.execute(
        select(told.c.generation, func.sum(told.c.journeys)).group_by(told.c.generation).order_by(told.c.generation)
    ).all()
    women = tallies.women(session, officer, *programme.key, by=lambda lines: (lines.c.generation,))
    shown = cells.shown({number: women.get((number,), 0) for number, _ in rows})
    return tuple(
        Generation(number, int(groups) if shown[number] is not None else None, shown[number]) for number, groups in rows
    )
