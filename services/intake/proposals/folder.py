"""Putting a programme's file into the deployment's folder, where every service finds it without a restart."""

from pathlib import Path

from services.intake.proposals.rules import FileThere, FolderUnsound
from shared.kernel.settings import settings
from shared.kernel.writing import one_writer, write_whole
from shared.programmes import library, load
from shared.programmes.definition import Programme
from shared.programmes.findings import ProgrammeInvalid


def put(programme: Programme) -> str:
    """Write a programme's file, unless the very same stands there; gives its name.

    Raises FileThere, FolderUnsound, FolderNotWritable; then the folder is as it was.
    """
    folder = settings().programmes_path
    with one_writer(folder):
        before = _published()
        if programme.key in before:
            if before[programme.key].text != programme.text:
                raise FileThere(file=f"{programme.id} {programme.version}")
            return _name_of(folder, programme)
        path = folder / _name(programme)
        if path.exists():
            raise FileThere(file=path.name)
        write_whole(path, programme.text)
        if not _is_seen(programme):
            path.unlink()
            raise FolderUnsound(findings=", ".join(_unsound()))
        return path.name


def _published() -> dict[tuple[str, int], Programme]:
    try:
        return dict(library.published())
    except ProgrammeInvalid as unsound:
        raise FolderUnsound(findings=str(unsound)) from None


def _is_seen(programme: Programme) -> bool:
    try:
        return programme.key in library.published()
    except ProgrammeInvalid:
        return False


def _unsound() -> list[str]:
    return [path.name for path in library.files() if load.check(path)]


def _name(programme: Programme) -> str:
    return f"{programme.id}.yaml" if programme.version == 1 else f"{programme.id}-{programme.version}.yaml"


def _name_of(folder: Path, programme: Programme) -> str:
    """Which file says so already."""
    same = (path.name for path in library.files(folder) if path.read_text(encoding="utf-8") == programme.text)
    return next(same, _name(programme))
