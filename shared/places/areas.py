"""The official areas, read once per process from `areas.csv.xz` (91,599 of them, about a tenth of a second).

A code is its parent's code with one more part: 64 · 64.02 · 64.02.06 · 64.02.06.1001. Where the names come from:
LICENSE-idn-area-data.md; how the file is made: build.py.
"""

import lzma
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from shared.kernel.errors import Invalid

FILE = Path(__file__).with_name("areas.csv.xz")
KINDS = re.compile(
    r"^(?:provinsi|kabupaten|kab\.?|kota adm(?:inistrasi)?|kota|kecamatan|kec\.?|kelurahan|kel\.?|desa)\s+"
)


class Level(StrEnum):
    """How large an area is."""

    PROVINCE = "province"
    REGENCY = "regency"  # kabupaten or kota
    KECAMATAN = "kecamatan"
    VILLAGE = "village"  # desa or kelurahan


LEVELS = tuple(Level)


class UnknownArea(Invalid):
    """There is no area with the code {code}."""

    indonesian = "Tidak ada wilayah dengan kode {code}."


@dataclass(frozen=True, slots=True)
class Area:
    """One official area."""

    code: str
    name: str
    level: Level
    parent: str | None


def area(code: str) -> Area:
    """The area with this code; raises UnknownArea."""
    name = name_of(code)
    return Area(code, name, level_of(code), code.rpartition(".")[0] or None)


def name_of(code: str) -> str:
    """The official name of an area; raises UnknownArea."""
    try:
        return _names()[code]
    except KeyError:
        raise UnknownArea(code=code) from None


def is_known(code: str) -> bool:
    """Whether an area has this code today; an old code may be legitimate all the same."""
    return code in _names()


def children(code: str | None = None) -> tuple[Area, ...]:
    """The areas directly below this one, in the order of their codes; the provinces when no code is given."""
    if code is not None:
        name_of(code)
    return tuple(area(each) for each in _children().get(code or "", ()))


def below(regions: Iterable[str] | None, level: Level) -> list[tuple[str, str]]:
    """The codes of these regions, or of the country, and of all in them down to a level, with names to choose by."""
    deepest = LEVELS.index(level)
    found: dict[str, str] = {}
    waiting = list(_children()[""] if regions is None else regions)
    while waiting:
        code = waiting.pop(0)
        around = code.rpartition(".")[0]
        found[code] = f"{name_of(code)}, {name_of(around)}" if around else name_of(code)
        if code.count(".") < deepest:
            waiting += _children().get(code, ())
    return sorted(found.items())


def level_of(code: str) -> Level:
    """How large the area with this code is, told by the shape of the code."""
    parts = code.count(".")
    if parts >= len(LEVELS):
        raise UnknownArea(code=code)
    return LEVELS[parts]


def covers(region: str, area: str) -> bool:
    """Whether an area code lies in a region: "64.02" covers "64.02" and "64.02.05.2001", not "64.021"."""
    return area == region or area.startswith(f"{region}.")


def kecamatan_of(code: str) -> str:
    """The code of the kecamatan in which a village lies (or of the kecamatan itself)."""
    parts = code.split(".")
    if len(parts) < 3:
        raise UnknownArea(code=code)
    return ".".join(parts[:3])


def path_of(code: str) -> tuple[Area, ...]:
    """The area and those around it, smallest first."""
    parts = code.split(".")
    return tuple(area(".".join(parts[:count])) for count in range(len(parts), 0, -1))


def named(words: str, regions: Iterable[str]) -> list[str]:
    """The codes of the areas in these regions that are called so; where none is, of those whose name holds the words.

    An area inside another one that is found is left out.
    """
    wanted = _plain(words)
    if not wanted:
        return []
    inside = tuple(regions)

    def ours(codes: Iterable[str]) -> list[str]:
        return [code for code in codes if any(covers(region, code) for region in inside)]

    found = ours({*_by_name().get(_spaced(words), ()), *_by_name().get(wanted, ())})
    found = found or ours(code for code, name in _names().items() if wanted in name.casefold())
    return sorted(code for code in found if not any(code != other and covers(other, code) for other in found))


def find(names: Iterable[str]) -> str | None:
    """The code of the area named by a path of names, largest first; None when it is unknown or not the only one.

    The path may begin at any level: ("Kutai Kartanegara", "Tenggarong", "Melayu") is found without its province.
    """
    found: list[str] | None = None
    for name in names:
        level = _by_name().get(_spaced(name)) or _by_name().get(_plain(name), [])
        found = level if found is None else [each for each in level if each.rpartition(".")[0] in found]
    return found[0] if found and len(found) == 1 else None


def _spaced(name: str) -> str:
    return " ".join(name.casefold().split())


def _plain(name: str) -> str:
    return KINDS.sub("", _spaced(name))


@cache
def _names() -> dict[str, str]:
    with lzma.open(FILE, "rt", encoding="utf-8") as file:
        return dict(line.rstrip("\n").split("\t", 1) for line in file)


@cache
def _children() -> dict[str, list[str]]:
    below: dict[str, list[str]] = {}
    for code in _names():
        below.setdefault(code.rpartition(".")[0], []).append(code)
    return below


@cache
def _by_name() -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for code, name in _names().items():
        for written in {_spaced(name), _plain(name)}:
            named.setdefault(written, []).append(code)
    return named
