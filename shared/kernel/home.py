"""The folder in which one copy of Kail keeps everything: only its owner may enter it, or read anything below.

Nothing above it is ever touched, and a folder that holds other people's things is not taken over.
"""

import os
import stat
from pathlib import Path

OTHERS = stat.S_IRWXG | stat.S_IRWXO
MARKS = frozenset(
    {"lock", "keys", "keys.json", "logs", "practice", "postgresql", "valkey", "servers.json", "running.json"}
)
"""What a home holds once anything of Kail has run in it."""
NOTHING = frozenset({"lost+found"})


class NotAHome(RuntimeError):
    """The folder that KAIL_HOME names holds something else."""


def make(home: Path) -> None:
    """Make the home, or close one that is there already to everybody else; raises NotAHome.

    What an earlier version left readable in it is closed, too.
    """
    if not home.exists():
        home.mkdir(parents=True, mode=0o700)
        return
    if not _is_open(home) or home.stat().st_uid != os.geteuid():
        return
    there = {each.name for each in home.iterdir()} - NOTHING
    if there and not there & MARKS:
        raise NotAHome(f"{home} holds other things than a home of Kail: set KAIL_HOME to a folder of its own")
    for each in (home, *home.iterdir(), *home.glob("logs/*")):
        if _is_open(each) and not each.is_symlink() and each.stat().st_uid == os.geteuid():
            each.chmod(each.stat().st_mode & ~OTHERS)


def keep_to_oneself() -> None:
    """From now on, what this process and its children make is for their user alone."""
    os.umask(OTHERS)


def _is_open(path: Path) -> bool:
    return bool(path.stat(follow_symlinks=False).st_mode & OTHERS)
