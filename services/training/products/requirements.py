"""Where the values of regulations come from: the slice's own file, or the city's copy of it beside its programmes."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from services.training.products.rules import Requirements, Value
from shared.kernel.settings import settings

OWN = Path(__file__).with_name("requirements.yaml")


class RequirementsUnreadable(ValueError):
    """A file of requirements lacks a value, or a value lacks its source."""


def requirements() -> Requirements:
    """What products must show in this deployment."""
    citys = settings().programmes_path / "requirements" / "products.yaml"
    return read(citys if citys.exists() else OWN)


@lru_cache
def read(path: Path) -> Requirements:
    """The requirements of one file; raises RequirementsUnreadable."""
    entries = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    try:
        values: dict[str, Any] = {name: _value(entry) for name, entry in entries.items()}
        return Requirements(**values)
    except (KeyError, TypeError) as wrong:
        raise RequirementsUnreadable(f"{path}: {wrong}") from wrong


def _value(entry: dict[str, Any]) -> Value[Any]:
    value = tuple(entry["value"]) if isinstance(entry["value"], list) else entry["value"]
    return Value(value, entry["unit"], entry["source"], entry["verified"])
