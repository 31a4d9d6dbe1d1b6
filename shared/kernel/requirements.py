"""Values that a city sets for itself, each with its unit and its source: a slice's own file, or the city's copy of it.

The copy lies beside the city's programmes, as `KAIL_PROGRAMMES/requirements/<name>.yaml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from ruamel.yaml import YAML

from shared.kernel.settings import settings

T = TypeVar("T")


class RequirementsUnreadable(ValueError):
    """A file of requirements lacks a value, or a value lacks its source."""


@dataclass(frozen=True, slots=True)
class Value(Generic[T]):
    """A configured value, its unit, where it comes from, and whether somebody compared it with the legal text."""

    value: T
    unit: str
    source: str
    verified: bool


def whole_numbers(own: Path, name: str) -> Mapping[str, Value[int]]:
    """The numbers of this deployment by what they limit; raises RequirementsUnreadable where the city's copy lacks one
    or one is no number above nought."""
    citys = settings().programmes_path / "requirements" / f"{name}.yaml"
    found = read(citys if citys.exists() else own)
    wanted = read(own)
    for each in wanted:
        if each not in found:
            raise RequirementsUnreadable(f"{citys}: {each} is missing")
        number = found[each].value
        if not isinstance(number, int) or isinstance(number, bool) or number < 1:
            raise RequirementsUnreadable(f"{citys}: {each} is no whole number above nought")
    return {each: found[each] for each in wanted}


def read(path: Path) -> Mapping[str, Value[Any]]:
    """The values of one file as it stands now; raises RequirementsUnreadable."""
    stands = path.stat()
    return _read(path, stands.st_mtime_ns, stands.st_size)


@lru_cache
def _read(path: Path, *_stands: int) -> Mapping[str, Value[Any]]:
    try:
        entries: dict[str, Any] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        return {name: _value(entry) for name, entry in entries.items()}
    except (KeyError, TypeError, AttributeError) as wrong:
        raise RequirementsUnreadable(f"{path}: {wrong}") from wrong


def _value(entry: dict[str, Any]) -> Value[Any]:
    value = tuple(entry["value"]) if isinstance(entry["value"], list) else entry["value"]
    return Value(value, entry["unit"], entry["source"], entry["verified"])
