"""What a stage kind is: its settings, its possible outcomes, and the facts that it reports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from marshmallow import RAISE, Schema

from shared.kernel.errors import Invalid
from shared.programmes.definition import Text

Fact = type | tuple[str, ...]
"""int, str, bool, date (ISO text in JSON), list (of identifiers), or the words that it may be."""


class UnknownKind(Invalid):
    """No service offers the stage kind '{kind}'."""

    indonesian = "Tidak ada layanan yang menyediakan jenis tahap '{kind}'."


class WrongReport(Invalid):
    """A stage of the kind {kind} cannot report this: {why}."""

    indonesian = "Tahap berjenis {kind} tidak dapat melaporkan ini: {why}."


class Settings(Schema):
    """What a programme may set for a stage; a kind without settings takes none."""

    class Meta:
        """Unknown settings are refused, not left out."""

        unknown = RAISE


@dataclass(frozen=True)
class StageKind:
    """Something a service can do for a journey."""

    name: str
    title: Text
    outcomes: tuple[str, ...]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    settings: type[Schema] = Settings

    @property
    def service(self) -> str:
        """The service that offers it: the first part of its name."""
        return self.name.partition(".")[0]

    @cached_property
    def settings_schema(self) -> Schema:
        """The schema that a stage's `with` must fit."""
        return self.settings()

    def wrong_settings(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What does not fit in a stage's `with`, by setting; empty when all is well."""
        return self.settings_schema.validate(dict(given))

    def require_report(self, outcome: str, facts: Mapping[str, Any]) -> None:
        """Refuse an outcome or a fact that this kind does not know; raises WrongReport."""
        if outcome not in self.outcomes:
            raise WrongReport(kind=self.name, why=f"'{outcome}' is not one of its outcomes")
        for name, value in facts.items():
            expected = self.facts.get(name)
            if expected is None:
                raise WrongReport(kind=self.name, why=f"'{name}' is not one of its facts")
            if value is not None and not _fits(value, expected):
                raise WrongReport(kind=self.name, why=f"{name} = {value!r} is not {described(expected)}")


def _fits(value: Any, expected: Fact) -> bool:
    if isinstance(expected, tuple):
        return value in expected
    if expected is date:
        return isinstance(value, str) and _is_date(value)
    return type(value) is expected


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def described(expected: Fact) -> str:
    """A fact's type in words."""
    if isinstance(expected, tuple):
        return "one of " + ", ".join(expected)
    words = {int: "a whole number", str: "text", bool: "true or false", date: "a date", list: "a list"}
    return words[expected]
