"""Writing a file that others read meanwhile: whole or not at all, and by one writer at a time."""

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from shared.kernel.errors import Unavailable

READABLE = 0o644


class FolderNotWritable(Unavailable):
    """Kail may not write in {folder} ({why}); whoever runs the machine has to allow it."""

    indonesian = "Kail tidak dapat menulis di {folder} ({why}); pengelola server harus mengizinkannya."


@contextlib.contextmanager
def one_writer(folder: Path) -> Iterator[None]:
    """Hold a folder, made if need be, against every other writer on this machine; raises FolderNotWritable."""
    with _told(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, READABLE)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def write_whole(path: Path, text: str) -> None:
    """Put a text in the place of a file, so that whoever reads it meets the old or the new one; raises
    FolderNotWritable.

    What has been written is on the disk when this returns.
    """
    with _told(path.parent):
        draft, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(draft, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fchmod(file.fileno(), READABLE)
                os.fsync(file.fileno())
            os.replace(name, path)  # noqa: PTH105
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)  # noqa: PTH108
            raise
        kept = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(kept)
        finally:
            os.close(kept)


@contextlib.contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as refused:
        raise FolderNotWritable(folder=str(folder), why=refused.strerror or str(refused)) from refused
