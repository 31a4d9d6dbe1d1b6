"""The compartment's deadlines as the configuration says them, each with its source."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

FILE = Path(__file__).with_name("terms.yaml")


@dataclass(frozen=True, slots=True)
class Term:
    """A deadline: how much of which unit, where that stands, and whether somebody has looked it up."""

    count: int
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """All deadlines of the compartment."""

    follow_up: Term  # working days
    police_report: Term  # hours
    break_glass: Term  # hours


@cache
def terms() -> Terms:
    """The deadlines of this deployment."""
    said: dict[str, dict[str, Any]] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    return Terms(
        follow_up=_term(said["follow_up"], "working_days"),
        police_report=_term(said["police_report"], "hours"),
        break_glass=_term(said["break_glass"], "hours"),
    )


def _term(said: dict[str, Any], unit: str) -> Term:
    return Term(int(said[unit]), str(said["source"]), bool(said["verified"]))
