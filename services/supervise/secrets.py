"""The folder of a deployment's secrets: the whole key file, a key file for each part, and a password for each role.

The folder is its owner's alone; the files that containers are given one by one may be read by whoever is given them.
"""

import json
import secrets
from pathlib import Path

from shared.kernel import home
from shared.kernel.settings import SERVICES, STORES
from shared.privacy import keyfile, parts

GIVEN = 0o444
"""A container reads its file as a user of its own; on the way there, the folder lets nobody pass."""
PASSWORDS = (
    "postgresql",
    *(f"postgresql-{store}" for store in STORES),
    *(f"postgresql-{store}-owner" for store in STORES),
    *(f"redis-{service}" for service in SERVICES),
    "redis-beat",
    "metrics",
)


def whole(folder: Path) -> Path:
    """Where the whole of every key is: needed by whoever changes keys, mounted into no container that serves."""
    return folder / "keys.json"


def make_folder(folder: Path) -> None:
    """Make the folder, for its owner alone."""
    home.make(folder)
    for name in ("keys", "passwords"):
        (folder / name).mkdir(exist_ok=True, mode=0o700)


def cut_parts(path: Path, folder: Path) -> None:
    """Write every part's key file anew, each in one step."""
    content = json.loads(path.read_text())
    for part in parts.PARTS:
        keyfile.replace(folder / "keys" / f"{part}.json", parts.cut(content, part), GIVEN)


def make_passwords(folder: Path) -> int:
    """Make the passwords that are not there yet; says how many. One's own may hold any characters but a line's end."""
    made = 0
    for name in PASSWORDS:
        path = folder / "passwords" / name
        if not path.exists():
            path.write_text(secrets.token_urlsafe(32))
            path.chmod(GIVEN)
            made += 1
    return made
