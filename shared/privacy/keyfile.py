"""Key files on the disk: whole or not at all, readable by their owner alone, and never written over by accident."""

import fcntl
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shared.kernel import home

Content = dict[str, Any]


def make(path: Path, content: Mapping[str, Any]) -> bool:
    """Write a file that is not there yet; says whether it was written, and not another's."""
    if path.exists():
        return False
    home.make(path.parent)
    name = _written(path.parent, content)
    try:
        os.link(name, path)  # fails when another process was first, and then that one's keys count
    except FileExistsError:
        return False
    finally:
        Path(name).unlink()
    return True


def complete(path: Path, content: Mapping[str, Any]) -> bool:
    """Add the kinds of key that a file made by an earlier version lacks; says whether any were added."""

    def add(known: Content) -> Content:
        return known | {each: content[each] for each in content if each not in known}

    return change(path, add)


def change(path: Path, how: Callable[[Content], Content]) -> bool:
    """Let one process at a time change the file; whoever reads meanwhile finds the old one or the new one, whole.

    Says whether anything was changed.
    """
    with _alone(path.parent):
        known = json.loads(path.read_text())
        changed = how(known)
        if changed == known:
            return False
        replace(path, changed)
        return True


def replace(path: Path, content: Mapping[str, Any], mode: int = 0o600) -> None:
    """Put this content in the file's place, in one step."""
    name = _written(path.parent, content, mode)
    Path(name).replace(path)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _written(folder: Path, content: Mapping[str, Any], mode: int = 0o600) -> str:
    handle, name = tempfile.mkstemp(dir=folder)  # which only its owner may read
    with os.fdopen(handle, "w") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fchmod(handle, mode)
        os.fsync(handle)
    return name
