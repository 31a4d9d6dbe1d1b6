"""The programmes that this deployment has published: the files in its `programmes/` folder.

A file there is read once for each process. That a published version never changes is intake's to see to: it keeps what
was published and refuses another text under the same version.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from shared.kernel.errors import NotFound
from shared.kernel.settings import settings
from shared.programmes.definition import Programme
from shared.programmes.load import load


class UnknownProgramme(NotFound):
    """There is no programme '{programme}' (version {version}); `kail programmes show` lists those that there are."""

    indonesian = "Tidak ada program '{programme}' (versi {version}); `kail programmes show` menampilkan yang ada."


def files(folder: Path | None = None) -> list[Path]:
    """The files of programmes in a folder; the deployment's own unless told otherwise."""
    return sorted((folder or settings().programmes_path).glob("*.yaml"))


def published() -> Mapping[tuple[str, int], Programme]:
    """Every programme by its identifier and version; raises ProgrammeInvalid when a file is not sound."""
    return _read(settings().programmes_path)


def programme(identifier: str, version: int | None = None) -> Programme:
    """One programme, in its newest version unless told otherwise; raises UnknownProgramme."""
    found = [each for each in published().values() if each.id == identifier and version in (None, each.version)]
    if not found:
        raise UnknownProgramme(programme=identifier, version=version or "-")
    return max(found, key=lambda each: each.version)


@lru_cache(maxsize=8)
def _read(folder: Path) -> Mapping[tuple[str, int], Programme]:
    return {each.key: each for each in map(load, files(folder))}
