"""What a programme is, once its file has been read and found sound.

Everything is frozen: a published version never changes, and the four services share these objects freely.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from shared.kernel.calendar import Within, parse_within


class SourceKind(StrEnum):
    """Where a figure or a rule comes from."""

    ARTICLE = "article"
    REGULATION = "regulation"
    ASSUMPTION = "assumption"  # ours: nobody has said it, and the city should confirm it
    DERIVED = "derived"  # reckoned from other figures


class SubjectKind(StrEnum):
    """Whom one journey carries."""

    PERSON = "person"
    GROUP = "group"


class Policy(StrEnum):
    """What another programme's aid means for this one."""

    ALLOW = "allow"
    WARN = "warn"
    BLOCK = "block"


class Ends(StrEnum):
    """How a stage's outcome may end a journey before its last stage."""

    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    COMPLETED = "completed"


class Basis(StrEnum):
    """On which ground of UU 27/2022 (personal data) a stage's agency may be told of her."""

    PUBLIC_TASK = "public-task"  # a government step: she is told of it, her consent is not asked
    CONSENT = "consent"  # only as long as she, or every member of her group, allows it


CONSENT_AGENCIES = ("baznas", "perguruan-tinggi", "pengusaha")
"""Agencies that need her consent unless the programme says otherwise: UU 27/2022 as domain.md reads it ("public task
for government steps; consent for Baznas, universities, businesses"). To be confirmed with the legal text."""


def usual_basis(agency: str) -> Basis:
    """The ground on which an agency is told of her where the programme names none."""
    return Basis.CONSENT if agency in CONSENT_AGENCIES else Basis.PUBLIC_TASK


NEAREST = "nearest"
DECIDES_WITHIN = parse_within("5 working days")
"""How long a leading office has to decide, where the programme's file says nothing. Source: assumption."""


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Indonesian and in English."""

    id: str
    en: str

    def to(self, language: str) -> str:
        """The words in the language asked for; Indonesian unless it is English."""
        return self.en if language == "en" else self.id


@dataclass(frozen=True, slots=True)
class Source:
    """A text that the programme rests on."""

    kind: SourceKind
    title: str
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that the programme states, with its unit and where it comes from; None where nobody has given it."""

    name: str
    value: int | None
    unit: str
    source: SourceKind
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom the programme is for: a person, or a group of so many."""

    kind: SubjectKind
    least: int = 1
    most: int = 1


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition of eligibility; it stands alone, so that a refusal can say which one failed."""

    id: str
    when: str
    text: Text
    source: SourceKind


@dataclass(frozen=True, slots=True)
class Compatibility:
    """Whether aid from another programme may run beside this one."""

    other: str
    policy: Policy
    per: str
    source: SourceKind


@dataclass(frozen=True, slots=True)
class Return:
    """A second chance: these outcomes send the journey back to an earlier stage, at most so many times."""

    on: frozenset[str]
    stage: str
    most: int


@dataclass(frozen=True, slots=True)
class Repeat:
    """These outcomes offer the same stage again, at most so many times."""

    on: frozenset[str]
    most: int


@dataclass(frozen=True, slots=True)
class Spawn:
    """These outcomes open journeys in a programme for every subject that the named fact lists."""

    on: frozenset[str]
    programme: str
    subjects: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a programme, done by one agency."""

    name: str
    title: Text
    agency: str
    does: str
    within: Within
    grace: Within
    office: str | None = None
    """An office's identifier, `nearest` to where she lives, or None: the programme's own office for the role."""
    needs: tuple[str, ...] = ()
    when: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    shares: tuple[str, ...] = ()
    basis: Basis = Basis.PUBLIC_TASK
    ends: Mapping[str, Ends] = field(default_factory=dict)
    returns_to: Return | None = None
    repeat: Repeat | None = None
    spawns: Spawn | None = None

    def goes_against_her(self, outcome: str) -> bool:
        """Whether this outcome of the stage ends her journey before its last stage, or sends it back."""
        if any(each and outcome in each.on for each in (self.returns_to, self.repeat)):
            return True
        return self.ends.get(outcome, Ends.COMPLETED) is not Ends.COMPLETED


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: these facts, or these reports of stages, must lead to this answer."""

    title: Text
    given: Mapping[str, Any]
    expect: Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Programme:
    """One published version of a programme."""

    id: str
    version: int
    title: Text
    budget_year: int
    reference_date: date | None  # on which age and lists count; None: the day on which the journey begins
    region: tuple[str, ...]
    lead: str
    offices: Mapping[str, str]
    subject: Subject
    sources: tuple[Source, ...]
    figures: Mapping[str, Figure]
    eligibility: tuple[Clause, ...]
    compatibility: tuple[Compatibility, ...]
    stages: Mapping[str, Stage]
    graduates: str
    examples: tuple[Example, ...]
    decides_within: Within = DECIDES_WITHIN
    """By when the leading office decides on a stage that came back, or lacks consent."""
    text: str = ""
    """The file itself, as it was read: what is published and can be shown again."""

    @property
    def key(self) -> tuple[str, int]:
        """The identifier and version under which journeys refer to it."""
        return self.id, self.version

    @property
    def order(self) -> tuple[str, ...]:
        """The stages in an order in which every stage stands after those that it needs."""
        return tuple(self.stages)  # the loader puts them so

    @property
    def asks_consent(self) -> bool:
        """Whether any of its stages needs her consent."""
        return any(stage.basis is Basis.CONSENT for stage in self.stages.values())

    def counts_on(self, begins: date) -> date:
        """The day on which age and lists count for a journey that begins on this one."""
        return self.reference_date or begins

    def consent_stages(self, agency: str) -> tuple[Stage, ...]:
        """The stages of an agency that need her consent."""
        return tuple(each for each in self.stages.values() if each.agency == agency and each.basis is Basis.CONSENT)

    def office_pins(self, stage: str | None = None) -> Mapping[str, str]:
        """The offices that the programme itself names for roles, for one stage or (without one) for its lead."""
        wanted = self.stages[stage].office if stage else None
        if wanted == NEAREST:
            return {}
        return {self.stages[stage].agency: wanted} if stage and wanted else self.offices

    def upstream(self, stage: str) -> frozenset[str]:
        """Every stage that must be settled before this one."""
        found: set[str] = set()
        waiting = list(self.stages[stage].needs)
        while waiting:
            each = waiting.pop()
            if each not in found:
                found.add(each)
                waiting.extend(self.stages[each].needs)
        return frozenset(found)

    def downstream(self, stage: str) -> frozenset[str]:
        """Every stage that waits, directly or not, for this one."""
        return frozenset(each for each in self.stages if stage in self.upstream(each))
