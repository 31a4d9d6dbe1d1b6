"""Which office holds which agency role, and where.

A programme names roles (dinsos, dp3a, ...), never offices: the same programme runs in another city with other offices.
`programmes/agencies/*.yaml` says who holds a role in which region, under the local office's own name, and who of them
registers persons. An office that has closed stays in its file with its last day and its successor, so that what it
did keeps its name. A file that changes is read anew by every running process.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from pathlib import Path
from typing import Any

import structlog
from ruamel.yaml.comments import CommentedSeq

from shared.identity.areas import covers
from shared.identity.officer import Officer
from shared.identity.rules import AGENCIES
from shared.kernel import yaml
from shared.kernel.errors import Invalid, NotFound
from shared.kernel.settings import settings

OFFICE_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
REGION = re.compile(r"\d{2}(\.\d{2}){0,2}(\.\d{4})?")
SOURCES = ("article", "regulation", "assumption")
FIELDS = ("id", "agency", "name", "region", "source")
LARGEST_FILE = 4 * 1024 * 1024
"""Characters; some ten thousand offices."""
MAY_HAVE = ("registers", "formerly", "closed_on", "successor")

Stamp = tuple[tuple[str, int, int, int], ...]
"""Name, time, size and number of every file: whether there is anything new to read."""

log = structlog.get_logger()


@dataclass(frozen=True, order=True)
class Office:
    """An office that holds an agency role in a region; `name` is what its letterhead says.

    `registers` says that it brings persons into the registry, `formerly` what it was called before. A closed office
    holds no role any more; `successor` took over what it owed.
    """

    id: str
    agency: str
    name: str
    region: str
    registers: bool = False
    formerly: tuple[str, ...] = ()
    closed_on: date | None = None
    successor: str | None = None
    source: str = "assumption"

    @property
    def is_open(self) -> bool:
        """Whether it still holds its role."""
        return self.closed_on is None


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


def read(folder: Path, instead: Mapping[str, str] | None = None) -> tuple[dict[str, Office], list[Finding]]:
    """The offices of every file in a folder, and whatever is wrong with them.

    `instead` has texts by the names of files that are to be written, or written anew: how it would be then.
    """
    texts = {path.name: path for path in folder.glob("*.yaml")} | dict(instead or {})
    known: dict[str, Office] = {}
    places: dict[str, tuple[str, int]] = {}
    holders: dict[tuple[str, str], str] = {}
    findings: list[Finding] = []
    for name, text in sorted(texts.items(), key=itemgetter(0)):
        for line, entry in _entries(name, text, findings):
            complaints = list(_complaints(entry))
            if complaints:
                findings += [Finding(name, line, what, remedy) for what, remedy in complaints]
                continue
            office = _office(entry)
            held = holders.get((office.agency, office.region))
            if office.id in known:
                findings.append(Finding(name, line, f"The office {office.id} stands here twice.", "Keep one."))
            elif office.is_open and held:
                what = f"{office.id} and {held} both hold {office.agency} in {office.region}."
                findings.append(Finding(name, line, what, "Give one of them a region of its own."))
            else:
                known[office.id] = office
                places[office.id] = name, line
                if office.is_open:
                    holders[office.agency, office.region] = office.id
    findings += [
        Finding(*places[each.id], what, remedy) for each in known.values() for what, remedy in _succession(each, known)
    ]
    return known, findings


def check(folder: Path) -> list[Finding]:
    """What is wrong with the files of offices in a folder; nothing when all is well."""
    return read(folder)[1]


def all_offices() -> Mapping[str, Office]:
    """Every office of this deployment by its identifier, the closed ones too; raises OfficesInvalid."""
    folder = folder_of_offices()
    stamp = _stamp(folder)
    before, known = _known.get(folder, (None, None))
    if known is None or stamp != before:
        known = _read_anew(folder, known)
        _known[folder] = stamp, known
    return known


def folder_of_offices() -> Path:
    """Where this deployment's files of offices stand."""
    return settings().programmes_path / "agencies"


def open_offices() -> list[Office]:
    """The offices that hold a role today; raises OfficesInvalid."""
    return [each for each in all_offices().values() if each.is_open]


def office(identifier: str) -> Office:
    """The office with this identifier, also a closed one; raises UnknownOffice."""
    try:
        return all_offices()[identifier]
    except KeyError:
        raise UnknownOffice(office=identifier) from None


def name_of(identifier: str) -> str:
    """What an office's letterhead says; its identifier where no file names it any more."""
    found = all_offices().get(identifier)
    return found.name if found else identifier


def registers(identifier: str) -> bool:
    """Whether an office registers persons: an open one that its file says so of."""
    found = all_offices().get(identifier)
    return found is not None and found.is_open and found.registers


def heir_of(closed: Office) -> Office:
    """Who answers for what an office did: itself while it is open, else its successor's successor, as far as named."""
    while not closed.is_open and closed.successor:
        closed = office(closed.successor)
    return closed


def in_its_place(identifier: str | None) -> str | None:
    """The open office that answers for what this one did; None where there is none, or nobody knows it."""
    found = all_offices().get(identifier or "")
    heir = found and heir_of(found)
    return heir.id if heir and heir.is_open else None


def readable(officer: Officer) -> tuple[str, ...]:
    """Whose lists an officer may read: her office's; where her role reads everywhere, those of her areas."""
    if not officer.reads_everywhere:
        return (officer.office,)
    return tuple(each.id for each in all_offices().values() if officer.works_in(each.region))


def resolve(
    agency: str,
    area: str,
    programme_offices: Mapping[str, str] | None = None,
    has_somebody: Callable[[str, str], bool] | None = None,
) -> Office:
    """Who holds an agency role for an area: the programme's own choice, else the nearest office; raises NoOffice.

    The nearest is the one with the smallest region around the area: the city's before the province's. Where
    `has_somebody` is asked (for an office and an area), an office that has nobody comes after all that have.
    """
    wanted = []
    if programme_offices and agency in programme_offices:
        chosen = heir_of(office(programme_offices[agency]))
        wanted = [chosen] if chosen.is_open else []
    around = [each for each in open_offices() if each.agency == agency and covers(each.region, area)]
    wanted += sorted(around, key=lambda each: len(each.region), reverse=True)
    if not wanted:
        raise NoOffice(agency=agency, area=area)
    return next((each for each in wanted if has_somebody is None or has_somebody(each.id, area)), wanted[0])


_known: dict[Path, tuple[Stamp, Mapping[str, Office]]] = {}
"""What this process has read of each folder, and how the folder looked then."""


def _stamp(folder: Path) -> Stamp:
    try:
        with os.scandir(folder) as found:
            files = [(each.name, each.stat()) for each in found if each.name.endswith(".yaml")]
    except FileNotFoundError:  # no folder yet, or a file was replaced this very moment: read it
        return ()
    return tuple(sorted((name, look.st_mtime_ns, look.st_size, look.st_ino) for name, look in files))


def _read_anew(folder: Path, known: Mapping[str, Office] | None) -> Mapping[str, Office]:
    """What stands in the folder now; somebody who is still writing a file there stops nobody who is at work."""
    offices, findings = read(folder)
    if not findings:
        return offices
    if known is None:
        raise OfficesInvalid(findings="; ".join(map(str, findings)))
    log.warning("offices-not-read-again", why="; ".join(map(str, findings)))
    return known


def _office(entry: dict[str, Any]) -> Office:
    given = {field: entry[field] for field in (*FIELDS, *MAY_HAVE) if entry.get(field) is not None}
    return Office(**{**given, "formerly": tuple(map(str, given.get("formerly", ())))})


def _entries(name: str, text: Path | str, findings: list[Finding]) -> Iterable[tuple[int, dict[str, Any]]]:
    try:
        said = text if isinstance(text, str) else text.read_text(encoding="utf-8")
        content = yaml.read(said, largest=LARGEST_FILE, most_nodes=LARGEST_FILE)
    except yaml.YamlRefused as refused:
        findings.append(Finding(name, refused.line, refused.what, refused.remedy))
        return
    except FileNotFoundError:  # it was taken away since the folder was looked at
        return
    except UnicodeDecodeError:
        findings.append(Finding(name, 1, "This is not a text.", "Save it as UTF-8."))
        return
    listed: Any = content.get("offices") if isinstance(content, dict) else None
    if not isinstance(listed, CommentedSeq):
        findings.append(Finding(name, 1, "There is no list of offices.", "Begin it with `offices:`."))
        return
    for position, entry in enumerate(listed):
        line = listed.lc.item(position)[0] + 1
        if isinstance(entry, dict):
            yield line, entry
        else:
            findings.append(Finding(name, line, "This is not an office.", f"Write {', '.join(FIELDS)}."))


def _complaints(entry: dict[str, Any]) -> Iterable[tuple[str, str]]:
    yield from _complaints_of_fields(entry)
    if (name := entry.get("name")) and not isinstance(name, str):
        yield f"The name {name} is not a text.", "Write it in quotes."
    if (region := entry.get("region")) and not isinstance(region, str):
        yield f"The region {region} is a number.", f'Write it in quotes: "{region}".'
    elif region and not REGION.fullmatch(region):
        yield f"{region} is not an area code.", 'Write it as "64", "64.02", "64.02.05" or "64.02.05.2001".'
    if (identifier := entry.get("id")) and not OFFICE_ID.fullmatch(str(identifier)):
        yield f"{identifier} cannot be an identifier.", "Use lower-case words joined by hyphens, as in dinsos-kaltim."
    if (agency := entry.get("agency")) and agency not in AGENCIES:
        yield f"There is no agency role {agency}.", f"The roles are {', '.join(AGENCIES)}."
    if (source := entry.get("source")) and source not in SOURCES:
        yield f"{source} is not a kind of source.", f"It is one of {', '.join(SOURCES)}."


def _complaints_of_fields(entry: dict[str, Any]) -> Iterable[tuple[str, str]]:
    for field in FIELDS:
        if not entry.get(field):
            yield f"The {field} is missing.", f"An office has {', '.join(FIELDS)}."
    for field in entry:
        if field not in (*FIELDS, *MAY_HAVE):
            yield f"An office has no {field}.", f"It has {', '.join(FIELDS)}, and may have {', '.join(MAY_HAVE)}."
    yield from _complaints_of_what_it_may_have(entry)


def _complaints_of_what_it_may_have(entry: dict[str, Any]) -> Iterable[tuple[str, str]]:
    if not isinstance(entry.get("registers", False), bool):
        yield f"Whether it registers cannot be {entry['registers']}.", "Write true or false."
    former = entry.get("formerly", [])
    if not isinstance(former, list) or not all(isinstance(each, str) and each for each in former):
        yield "Its former names are not a list of texts.", "Write formerly: [its former name]."
    closed_on, successor = entry.get("closed_on"), entry.get("successor")
    if closed_on is not None and type(closed_on) is not date:
        yield f"{closed_on} is not the day on which it closed.", "Write it as 2024-12-31, without quotes."
    if successor is not None and closed_on is None:
        yield "An open office has no successor.", "Say closed_on as well, or leave the successor out."


def _succession(office: Office, known: Mapping[str, Office]) -> Iterable[tuple[str, str]]:
    """What is wrong with whom a closed office left its work to."""
    if office.successor is None:
        return
    after = known.get(office.successor)
    if after is None or after.id == office.id:
        yield f"{office.successor} cannot succeed {office.id}.", "Name another office that stands in these files."
    elif after.agency != office.agency:
        yield (
            f"{after.id} holds {after.agency}, and cannot succeed {office.id}, which held {office.agency}.",
            f"Name an office that holds {office.agency}.",
        )
    else:
        gone = {office.id}
        while after.successor and after.id not in gone and after.successor in known:
            gone.add(after.id)
            after = known[after.successor]
        if after.id in gone:
            yield f"{office.id} succeeds itself in the end.", "One of them has to be open."
