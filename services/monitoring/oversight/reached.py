"""Whom the programmes have reached, kecamatan by kecamatan, drawn as one square each: every district counts alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path

from ruamel.yaml import YAML
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.monitoring.flow import tallies
from services.monitoring.flow.models import TallyJourney
from services.monitoring.oversight import rules
from shared.identity.areas import meet
from shared.identity.officer import Officer
from shared.places import areas
from shared.programmes.definition import Programme

TILES = Path(__file__).with_name("tiles.yaml")
WOMEN, KELURAHAN = "vulnerable_women", "target_groups"
"""The figures of a programme that name how many women, and how many kelurahan, are to be reached."""
PER_ROW = 5
KECAMATAN = 3
"""Parts of a kecamatan's code."""


@dataclass(frozen=True)
class Tile:
    """A kecamatan with its place in the grid; None where its figures are too small to be shown.

    The list behind it is of the journeys that carry these people; one person on two journeys counts once.
    `percent` is its part of all who are reached in the region, `fairness` the same as a multiple of an even split.
    """

    code: str
    name: str
    row: int
    column: int
    people: int | None
    journeys: int | None
    percent: int | None
    fairness: float | None

    @property
    def shade(self) -> int:
        """How dark it is: 0 nobody, or not shown; 1 less than half of an even split; 4 half again as much or more."""
        if not self.fairness:
            return 0
        return 1 + (self.fairness >= 0.5) + (self.fairness >= 0.9) + (self.fairness >= 1.5)


@dataclass(frozen=True)
class Region:
    """A regency or city with its kecamatan."""

    code: str
    name: str
    people: int | None
    journeys: int | None
    even: float
    tiles: tuple[Tile, ...]

    @property
    def rows(self) -> int:
        """How many rows its grid has."""
        return 1 + max(each.row for each in self.tiles)

    @property
    def columns(self) -> int:
        """How many columns its grid has."""
        return 1 + max(each.column for each in self.tiles)


REGENCY = 5
"""Characters of a regency's or city's code, "64.02". Source: Kemendagri's area codes."""


def carried_by_kecamatan(
    session: Session, officer: Officer, programme: str | None, version: int | None
) -> dict[str, tuple[int, int]]:
    """Who is on a journey that was opened in the officer's areas, each once, whatever became of it, and journeys."""
    key = (programme, version) if programme else ()
    told = tallies.counted(TallyJourney, officer, *key)
    people = tallies.women(session, officer, *key, by=lambda lines: (lines.c.area,))
    rows = session.execute(select(told.c.area, func.sum(told.c.journeys)).group_by(told.c.area))
    return {area: (people.get((area,), 0), int(journeys)) for area, journeys in rows}


def carried_by_regency(
    session: Session, officer: Officer, programme: str | None, version: int | None
) -> dict[str, int]:
    """The same people, each once in a whole regency or city: who has moved within it is in two of its kecamatan."""
    key = (programme, version) if programme else ()
    found = tallies.women(session, officer, *key, by=lambda lines: (func.left(lines.c.area, REGENCY),))
    return {code: number for (code,), number in found.items()}


def regions(
    session: Session, officer: Officer, programmes: Sequence[Programme], *, programme: str | None, version: int | None
) -> list[Region]:
    """The regions of these programmes in which the officer works, each with its kecamatan and who is reached there."""
    carried = carried_by_kecamatan(session, officer, programme, version)
    people = carried_by_regency(session, officer, programme, version)
    wanted = {region for each in programmes for region in each.region} | {code.rpartition(".")[0] for code in carried}
    seen = sorted(each for each in wanted if areas.is_known(each) and _is_hers(officer, each))
    return [found for each in seen if (found := _region(each, carried, people.get(each, 0), officer))]


def _is_hers(officer: Officer, region: str) -> bool:
    return meet([region], officer.areas)


def _region(code: str, carried: dict[str, tuple[int, int]], total: int, officer: Officer) -> Region | None:
    inside = [each.code for each in areas.children(code) if each.code.count(".") == KECAMATAN - 1]
    inside = [each for each in inside if _is_hers(officer, each)]
    if not inside:
        return None
    counted = {each: carried.get(each, (0, 0))[0] for each in inside}
    journeys = {each: carried.get(each, (0, 0))[1] for each in inside}
    all_inside = [found for each, found in carried.items() if areas.covers(code, each)]  # older codes, too
    known = rules.shown_alone(total, officer)
    even = rules.even_share(known or 0, len(inside))
    shown = rules.shown(counted, officer)
    places = tile_places(code, inside)
    return Region(
        code,
        areas.name_of(code),
        known,
        None if known is None else sum(number for _, number in all_inside),
        even,
        tuple(
            Tile(
                each,
                areas.name_of(each),
                *places[each],
                shown[each],
                None if shown[each] is None else journeys[each],
                rules.percent(shown[each], known),
                rules.fairness(shown[each], even),
            )
            for each in inside
        ),
    )


def tile_places(region: str, kecamatan: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Row and column of each; those that the file does not name follow below, in the order of their codes."""
    placed = {each: place for each, place in _placed().get(region, {}).items() if each in kecamatan}
    below = 1 + max((row for row, _ in placed.values()), default=-1)
    for number, each in zip(count(), sorted(set(kecamatan) - placed.keys())):
        placed[each] = (below + number // PER_ROW, number % PER_ROW)
    return placed


@cache
def _placed() -> dict[str, dict[str, tuple[int, int]]]:
    said: dict[str, dict[str, list[int]]] = YAML(typ="safe").load(TILES.read_text(encoding="utf-8"))
    return {region: {code: (row, column) for code, (row, column) in places.items()} for region, places in said.items()}
