"""The law's limits as the configuration says them, each with its source and whether somebody has looked it up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

FILE = Path(__file__).with_name("terms.yaml")


@dataclass(frozen=True, slots=True)
class Term:
    """A limit in hours of the clock."""

    hours: int
    source: str
    verified: bool

    def after(self, moment: datetime) -> datetime:
        """When it is over; nights, weekends and holidays count."""
        return moment + timedelta(hours=self.hours)


@dataclass(frozen=True, slots=True)
class Terms:
    """All limits for what a person may ask about her data, and for what she must be told."""

    disclosure: Term
    correction: Term
    breach_notice: Term


@cache
def terms() -> Terms:
    """The limits of this deployment."""
    said: dict[str, dict[str, Any]] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    return Terms(**{name: Term(int(v["hours"]), str(v["source"]), bool(v["verified"])) for name, v in said.items()})
