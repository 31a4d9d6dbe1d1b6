"""`kail up --practice`: a copy of Kail beside the real one, with made-up people, for officers who learn.

A copy is a practice copy from its first start on, and for good: a file in its home says so. A home in which anything
else has run never becomes one, and one never uses servers that are named for the real Kail.
"""

import os
from pathlib import Path

import click

from shared.kernel.settings import PRACTICE, SERVICES, STORES, load

HOME, PORT = ".kail-practice", "8100"
OF_THE_REAL_ONE = (
    "REDIS_URL",
    "KAIL_KEYS",
    *(f"DATABASE_URL_{store.upper()}" for store in STORES),
    *(f"DATABASE_OWNER_URL_{service.upper()}" for service in SERVICES),
)


def choose() -> None:
    """Let this process and its children be a practice copy; raises ClickException where that could touch a real one."""
    if named := [name for name in OF_THE_REAL_ONE if os.environ.get(name)]:
        raise click.ClickException(
            f"a practice copy keeps its own servers and keys: start it without {', '.join(named)}"
        )
    os.environ.setdefault("KAIL_HOME", HOME)
    os.environ.setdefault("KAIL_PORT", PORT)
    mark(load().home)
    load()


def mark(home: Path) -> None:
    """Say in an empty home that it is for practice; raises ClickException where another Kail has run in it."""
    if home.exists() and not (home / PRACTICE).exists() and any(home.iterdir()):
        raise click.ClickException(
            f"{home} holds a Kail that is not for practice: set KAIL_HOME to a folder of its own for it"
        )
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    (home / PRACTICE).touch(mode=0o600)
