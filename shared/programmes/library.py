"""The programmes that this deployment has published: the files in its `programmes/` folder.

A file that is added is found by every running process, so that publishing a programme needs no restart. What a process
has read once stays as it read it: a published version never changes. Intake sees to that across processes; it keeps
what was published and refuses another text under the same version.
"""

from collections.abc import Mapping
from pathlib import Path

import structlog

from shared.kernel.errors import NotFound
from shared.kernel.settings import settings
from shared.programmes.definition import Programme
from shared.programmes.findings import ProgrammeInvalid
from shared.programmes.load import load

Key = tuple[str, int]
Stamp = tuple[tuple[str, int, int], ...]
"""Name, time and size of every file: whether there is anything new to read."""

log = structlog.get_logger()


class UnknownProgramme(NotFound):
    """There is no programme '{programme}' (version {version}); `kail programmes show` lists those that there are."""

    indonesian = "Tidak ada program '{programme}' (versi {version}); `kail programmes show` menampilkan yang ada."


def files(folder: Path | None = None) -> list[Path]:
    """The files of programmes in a folder; the deployment's own unless told otherwise."""
    return sorted((folder or settings().programmes_path).glob("*.yaml"))


def published() -> Mapping[Key, Programme]:
    """Every programme by its identifier and version; raises ProgrammeInvalid when a file is not sound."""
    folder = settings().programmes_path
    stamp = _stamp(folder)
    before, known = _read.get(folder, ((), {}))
    if stamp != before:
        known = _read_anew(folder, known)
        _read[folder] = stamp, known
    return known


def programme(identifier: str, version: int | None = None) -> Programme:
    """One programme, in its newest version unless told otherwise; raises UnknownProgramme."""
    _, known = _read.get(settings().programmes_path, ((), {}))
    if version is not None and (identifier, version) in known:  # it cannot have changed: no look at the folder
        return known[identifier, version]
    found = [each for each in published().values() if each.id == identifier and version in (None, each.version)]
    if not found:
        raise UnknownProgramme(programme=identifier, version=version or "-")
    return max(found, key=lambda each: each.version)


def versions(identifier: str) -> list[Programme]:
    """Every version of a programme, the newest first; none where it is unknown."""
    found = [each for each in published().values() if each.id == identifier]
    return sorted(found, key=lambda each: each.version, reverse=True)


_read: dict[Path, tuple[Stamp, Mapping[Key, Programme]]] = {}
"""What this process has read of each folder, and how the folder looked then."""


def _stamp(folder: Path) -> Stamp:
    looks = ((path.name, path.stat()) for path in files(folder))
    return tuple((name, look.st_mtime_ns, look.st_size) for name, look in looks)


def _read_anew(folder: Path, known: Mapping[Key, Programme]) -> Mapping[Key, Programme]:
    """What stands in the folder now; somebody who is still writing a file there stops nobody who is at work."""
    try:
        return {**{each.key: each for each in map(load, files(folder))}, **known}
    except ProgrammeInvalid as unsound:
        if not known:
            raise
        log.warning("programmes-not-read-again", why=str(unsound))
        return known
