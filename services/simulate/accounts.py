"""The officers of the demonstration, as clients of a Kail on this machine."""

import os
import secrets
from pathlib import Path

from services.intake.accounts.demo import present
from services.simulate.client import Client
from shared.kernel.settings import DEMO_PASSWORD


def demo_password(home: Path) -> str:
    """This home's own password of all demonstration accounts, made at the first start."""
    kept = home / DEMO_PASSWORD
    try:
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"kail-{secrets.token_hex(5)}")
    except FileExistsError:
        pass
    return kept.read_text()


def demo_clients(home: Path, port: int) -> list[Client]:
    """Every officer of the demonstration at her computer; each signs in when she first asks for something."""
    address, password = f"http://127.0.0.1:{port}", demo_password(home)
    return [Client(address, each.username, password, office=each.office, roles=tuple(each.roles)) for each in present()]
