"""Where the values of regulations come from: the slice's own file, or the city's copy of it beside its programmes."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from services.training.products.rules import Requirements
from shared.kernel import requirements as values
from shared.kernel.requirements import RequirementsUnreadable
from shared.kernel.settings import settings

__all__ = ["RequirementsUnreadable", "read", "requirements"]

OWN = Path(__file__).with_name("requirements.yaml")


def requirements() -> Requirements:
    """What products must show in this deployment."""
    citys = settings().programmes_path / "requirements" / "products.yaml"
    return read(citys if citys.exists() else OWN)


@lru_cache
def read(path: Path) -> Requirements:
    """The requirements of one file; raises RequirementsUnreadable."""
    found: dict[str, Any] = dict(values.read(path))
    try:
        return Requirements(**found)
    except TypeError as wrong:
        raise RequirementsUnreadable(f"{path}: {wrong}") from wrong
