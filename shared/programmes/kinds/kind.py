"""What a stage kind is: its settings, its possible outcomes, and the facts that it reports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

from marshmallow import RAISE, Schema

from shared.kernel.errors import Invalid
from shared.programmes.definition import Text

Fact = type | tuple[str, ...]
"""int, str, bool, date (ISO text in JSON), list (of identifiers or words), or the words that it may be."""


BECAUSE = "because"
"""Why a stage ended as it did, in words: any kind may say it, and each must with an outcome that goes against her."""


class Reach(StrEnum):
    """Whom of her later stages' offices a finding is told; her own journey's leading office reads all of them."""

    LATER = "later"  # every later stage that a public task does
    AGENCY = "agency"  # only later stages of the same agency: what was said in an interview, what a household earns


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
class OnPaper:
    """What of a stage that was done on paper, before Kail, a paper itself says, and what of it hangs on.

    `day`, `number` and `amount` name the facts that the paper's date, number and sum are. `gives` are the outcomes with
    which aid was given: then the sum is needed, and it counts for its people as aid of the kind `claimed_as`. `lends`
    are those with which money is still owed, and `loan` is the fact that says how much.
    """

    day: str | None = None
    number: str | None = None
    amount: str | None = None
    gives: frozenset[str] = frozenset()
    claimed_as: str | None = None
    lends: frozenset[str] = frozenset()
    loan: str | None = None


@dataclass(frozen=True)
class StageKind:
    """Something a service can do for a journey."""

    name: str
    title: Text
    outcomes: tuple[str, ...]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    settings: type[Schema] = Settings
    words: Mapping[str, str] = field(default_factory=dict)
    """Which facts list words instead of identifiers, and the setting that says which words a programme offers."""
    gives_aid: bool = False
    """Whether it decides on aid: its service is told who would receive it, so that nobody is aided twice."""
    findings: Mapping[str, Reach] = field(default_factory=dict)
    """What it reports beside its facts, in words or line by line, sealed because it may name persons; and to whom."""
    adverse: tuple[str, ...] = ()
    """The outcomes that end her journey or send it back: reported with the reason in words, after a second press."""
    keeps: Text | None = None
    """What its service keeps after she took her consent back, and why: intake tells her when she does."""
    on_paper: OnPaper = OnPaper()
    """What a paper says of it, where it was done before Kail."""
    goes_on_with: tuple[str, ...] = ()
    """The kinds whose own records in Kail it goes on with: it cannot follow one that was done on paper."""

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

    def offered(self, fact: str, settings: Mapping[str, Any]) -> tuple[str, ...] | None:
        """The words that a stage with these settings may list in a fact; None where the fact lists none."""
        if fact not in self.words:
            return None
        words = settings.get(self.words[fact])
        return tuple(words) if isinstance(words, list | tuple) else ()

    def reach(self, finding: str) -> Reach:
        """Whom a finding of this kind is told."""
        return self.findings.get(finding, Reach.LATER)

    def require_findings(self, findings: Mapping[str, Any]) -> None:
        """Refuse a finding that this kind does not know; raises WrongReport."""
        if strange := [name for name in findings if name != BECAUSE and name not in self.findings]:
            raise WrongReport(kind=self.name, why=f"'{strange[0]}' is not one of its findings")

    def require_report(self, outcome: str, facts: Mapping[str, Any], settings: Mapping[str, Any] | None = None) -> None:
        """Refuse an outcome, a fact or a word that this kind, set so, does not know; raises WrongReport."""
        if outcome not in self.outcomes:
            raise WrongReport(kind=self.name, why=f"'{outcome}' is not one of its outcomes")
        for name, value in facts.items():
            expected = self.facts.get(name)
            if expected is None:
                raise WrongReport(kind=self.name, why=f"'{name}' is not one of its facts")
            if value is not None and not _fits(value, expected):
                raise WrongReport(kind=self.name, why=f"{name} = {value!r} is not {described(expected)}")
            offered = self.offered(name, settings) if settings is not None else None
            if offered is not None and (strange := [word for word in value or () if word not in offered]):
                why = f"{name} names {strange[0]!r}, but the stage offers {', '.join(offered)}"
                raise WrongReport(kind=self.name, why=why)


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
