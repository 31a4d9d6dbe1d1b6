"""Which roles exclude each other: the product's own pairs, and those that a city adds beside its programmes."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from shared.identity.rules import Pair, Role
from shared.kernel.settings import settings

OWN = Path(__file__).with_name("incompatible.yaml")


class PairsUnreadable(ValueError):
    """A file of roles that exclude each other has a mistake."""


def pairs() -> tuple[Pair, ...]:
    """The pairs of roles that nobody holds together in this deployment."""
    citys = settings().programmes_path / "requirements" / "roles.yaml"
    return (*read(OWN), *(read(citys) if citys.exists() else ()))


@lru_cache
def read(path: Path) -> tuple[Pair, ...]:
    """The pairs of one file; raises PairsUnreadable."""
    try:
        return tuple(_pair(entry) for entry in YAML(typ="safe").load(path.read_text(encoding="utf-8")))
    except (KeyError, TypeError, ValueError) as wrong:
        raise PairsUnreadable(f"{path}: {wrong}") from wrong


def _pair(entry: dict[str, Any]) -> Pair:
    one, other = (Role(role) for role in entry["roles"])
    return Pair(one, other, str(entry["why"]), str(entry["why_en"]))
