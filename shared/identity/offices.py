"""Which office holds which agency role, and where.

A programme names roles (dinsos, dp3a, ...), never offices: the same programme runs in another city with other offices.
`programmes/agencies/*.yaml` says who holds a role in which region, under the local office's own name.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

from shared.identity.officer import Officer
from shared.identity.rules import AGENCIES, covers
from shared.kernel.errors import Invalid, NotFound
from shared.kernel.settings import settings

OFFICE_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
REGION = re.compile(r"\d{2}(\.\d{2}){0,2}(\.\d{4})?")
SOURCES = ("article", "regulation", "assumption")
FIELDS = ("id", "agency", "name", "region", "source")


@dataclass(frozen=True, order=True)
class Office:
    """An office that holds an agency role in a region; `name` is what its letterhead says."""

    id: str
    agency: str
    name: str
    region: str


@dataclass(frozen=True, order=True)
class Finding:
    """Something wrong in a file of offices: where, what, and what to do about it."""

    file: str
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what} {self.remedy}"


class OfficesInvalid(Invalid):
    """The files of offices have mistakes: {findings}"""

    indonesian = "Berkas kantor masih salah: {findings}"


class NoOffice(NotFound):
    """No office holds the role {agency} for the area {area}; add one under programmes/agencies."""

    indonesian = "Tidak ada kantor yang memegang peran {agency} untuk wilayah {area}; tambahkan di programmes/agencies."


class UnknownOffice(NotFound):
    """No office has the identifier {office}; the offices stand under programmes/agencies."""

    indonesian = "Tidak ada kantor dengan tanda {office}; daftar kantor ada di programmes/agencies."


def read(folder: Path) -> tuple[dict[str, Office], list[Finding]]:
    """The offices of every file in a folder, and whatever is wrong with them."""
    known: dict[str, Office] = {}
    holders: dict[tuple[str, str], str] = {}
    findings: list[Finding] = []
    for path in sorted(folder.glob("*.yaml")):
        for line, entry in _entries(path, findings):
            complaints = list(_complaints(entry))
            if complaints:
                findings += [Finding(path.name, line, what, remedy) for what, remedy in complaints]
                continue
            office = Office(**{field: entry[field] for field in FIELDS if field != "source"})
            if office.id in known:
                findings.append(Finding(path.name, line, f"The office {office.id} stands here twice.", "Keep one."))
            elif (held := (office.agency, office.region)) in holders:
                what = f"{office.id} and {holders[held]} both hold {office.agency} in {office.region}."
                findings.append(Finding(path.name, line, what, "Give one of them a region of its own."))
            else:
                known[office.id] = office
                holders[held] = office.id
    return known, findings


def check(folder: Path) -> list[Finding]:
    """What is wrong with the files of offices in a folder; nothing when all is well."""
    return read(folder)[1]


def all_offices() -> Mapping[str, Office]:
    """Every office of this deployment by its identifier; raises OfficesInvalid."""
    return _load(settings().programmes_path / "agencies")


def office(identifier: str) -> Office:
    """The office with this identifier; raises UnknownOffice."""
    try:
        return all_offices()[identifier]
    except KeyError:
        raise UnknownOffice(office=identifier) from None


def readable(officer: Officer) -> tuple[str, ...]:
    """Whose lists an officer may read: her office's; where her role reads everywhere, those of her areas."""
    if not officer.reads_everywhere:
        return (officer.office,)
    return tuple(each.id for each in all_offices().values() if officer.works_in(each.region))


def resolve(agency: str, area: str, programme_offices: Mapping[str, str] | None = None) -> Office:
    """Who holds an agency role for an area: the programme's own choice, else the nearest office; raises NoOffice.

    The nearest is the one with the smallest region around the area: the city's before the province's.
    """
    if programme_offices and agency in programme_offices:
        return office(programme_offices[agency])
    around = [each for each in all_offices().values() if each.agency == agency and covers(each.region, area)]
    if not around:
        raise NoOffice(agency=agency, area=area)
    return max(around, key=lambda each: len(each.region))


@lru_cache(maxsize=4)
def _load(folder: Path) -> dict[str, Office]:
    known, findings = read(folder)
    if findings:
        raise OfficesInvalid(findings="; ".join(map(str, findings)))
    return known


def _entries(path: Path, findings: list[Finding]) -> Iterable[tuple[int, dict[str, Any]]]:
    try:
        content = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as broken:
        line = broken.problem_mark.line + 1 if broken.problem_mark else 1
        findings.append(Finding(path.name, line, f"This is not YAML: {broken.problem}.", "Mind indents and quotes."))
        return
    listed: Any = content.get("offices") if isinstance(content, dict) else None
    if not isinstance(listed, CommentedSeq):
        findings.append(Finding(path.name, 1, "There is no list of offices.", "Begin it with `offices:`."))
        return
    for position, entry in enumerate(listed):
        line = listed.lc.item(position)[0] + 1
        if isinstance(entry, dict):
            yield line, entry
        else:
            findings.append(Finding(path.name, line, "This is not an office.", f"Write {', '.join(FIELDS)}."))


def _complaints(entry: dict[str, Any]) -> Iterable[tuple[str, str]]:
    for field in FIELDS:
        if not entry.get(field):
            yield f"The {field} is missing.", f"An office has {', '.join(FIELDS)}."
    for field in entry:
        if field not in FIELDS:
            yield f"An office has no {field}.", f"It has {', '.join(FIELDS)}."
    region = entry.get("region")
    if region and not isinstance(region, str):
        yield f"The region {region} is a number.", f'Write it in quotes: "{region}".'
    elif region and not REGION.fullmatch(region):
        yield f"{region} is not an area code.", 'Write it as "64", "64.02", "64.02.05" or "64.02.05.2001".'
    if (identifier := entry.get("id")) and not OFFICE_ID.fullmatch(str(identifier)):
        yield f"{identifier} cannot be an identifier.", "Use lower-case words joined by hyphens, as in dinsos-kaltim."
    if (agency := entry.get("agency")) and agency not in AGENCIES:
        yield f"There is no agency role {agency}.", f"The roles are {', '.join(AGENCIES)}."
    if (source := entry.get("source")) and source not in SOURCES:
        yield f"{source} is not a kind of source.", f"It is one of {', '.join(SOURCES)}."
