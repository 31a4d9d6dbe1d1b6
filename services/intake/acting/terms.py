"""How long somebody may be away and act for a post, as the configuration says it, each with its source."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from shared.identity.acting import ActingKind

FILE = Path(__file__).with_name("terms.yaml")


@dataclass(frozen=True, slots=True)
class Term:
    """At most so many calendar months, and so many together where one follows on the other."""

    months: int
    with_extension: int
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """All limits."""

    plt: Term
    plh: Term
    leave: Term

    def of(self, kind: ActingKind) -> Term:
        """The limit of an appointment."""
        return self.plt if kind is ActingKind.PLT else self.plh


@cache
def terms() -> Terms:
    """The limits of this deployment."""
    said: dict[str, dict[str, Any]] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    return Terms(**{name: _term(each) for name, each in said.items()})


def _term(said: dict[str, Any]) -> Term:
    return Term(int(said["months"]), int(said["with_extension"]), str(said["source"]), bool(said["verified"]))
