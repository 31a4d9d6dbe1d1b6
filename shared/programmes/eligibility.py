"""Who qualifies, and why not: the clauses of a programme, asked of what the registries know.

A fact that nobody knows is never guessed: where a clause needs it, the clause is not fulfilled, and the decision says
which fact is missing. A group is decided member by member.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from shared.places import covers
from shared.programmes.definition import Clause, Programme, SubjectKind, Text
from shared.programmes.expressions import MISSING, Expression, ExpressionFailed, compile_expression

PERSON_FACTS: Mapping[str, type | tuple[str, ...]] = {
    "sex": ("female", "male"),
    "age": int,
    "marital_status": ("single", "married", "divorced", "widowed"),
    "registries": list,
    "pre_prosperous": bool,
    "occupation": ("working", "housewife", "none"),
    "heads_household": bool,
    "has_business": bool,
    "area": str,
}
"""What a condition may ask of a person; None where it is not known."""

REGISTRIES = ("DTKS", "P3KE", "DTSEN", "PKH", "BPNT")

Facts = Mapping[str, Any]

IN_REGION = Text("Tinggal di wilayah program", "Lives in the programme's region")
GROUP_SIZE = Text("Jumlah anggota sesuai ketentuan program", "The group has as many members as the programme asks for")


@dataclass(frozen=True, slots=True)
class Failure:
    """A clause that is not fulfilled: by which member of a group (counted from 0), and for want of which fact."""

    clause: str
    text: Text
    member: int | None = None
    missing: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a person or group qualifies, and every clause that stands in the way."""

    failures: tuple[Failure, ...] = ()

    @property
    def eligible(self) -> bool:
        """Whether no clause stands in the way."""
        return not self.failures

    @property
    def failed(self) -> tuple[str, ...]:
        """The identifiers of the clauses that are not fulfilled, each once."""
        return tuple(dict.fromkeys(failure.clause for failure in self.failures))

    def reasons(self, language: str) -> list[str]:
        """The clauses that are not fulfilled, in words, each once."""
        return list(dict.fromkeys(failure.text.to(language) for failure in self.failures))


ELIGIBLE = Decision()


def decide(programme: Programme, facts: Facts | Sequence[Facts]) -> Decision:
    """Decide on a person's facts, or for a group on the facts of each of its members."""
    if programme.subject.kind is SubjectKind.PERSON:
        assert isinstance(facts, Mapping)
        failures = _failures_of(programme, facts, None)
        return Decision(tuple(failures)) if failures else ELIGIBLE
    members = [facts] if isinstance(facts, Mapping) else list(facts)
    failures = []
    if not programme.subject.least <= len(members) <= programme.subject.most:
        failures.append(Failure("group-size", GROUP_SIZE))
    for number, member in enumerate(members):
        failures.extend(_failures_of(programme, member, number))
    return Decision(tuple(failures)) if failures else ELIGIBLE


def decide_member(programme: Programme, facts: Facts) -> Decision:
    """Decide on one person alone: would she qualify, herself or as a member of a group?"""
    failures = _failures_of(programme, facts, None)
    return Decision(tuple(failures)) if failures else ELIGIBLE


@lru_cache(maxsize=256)
def _clauses_of(programme: Programme) -> tuple[tuple[Clause, Expression], ...]:
    return tuple((clause, compile_expression(clause.when)) for clause in programme.eligibility)


def _failures_of(programme: Programme, facts: Facts, member: int | None) -> list[Failure]:
    def look_up(_: str, fact: str) -> Any:
        return facts.get(fact)

    failures = []
    area = facts.get("area")
    if programme.region and not any(area and covers(region, area) for region in programme.region):
        failures.append(Failure("region", IN_REGION, member, None if area else "area"))
    for clause, condition in _clauses_of(programme):
        missing = None
        try:
            if condition.holds(look_up):
                continue
        except ExpressionFailed:
            missing = _unknown_fact(condition, facts)
            if missing is None:
                raise
        failures.append(Failure(clause.id, clause.text, member, missing or _unknown_fact(condition, facts)))
    return failures


def _unknown_fact(condition: Expression, facts: Facts) -> str | None:
    return next((fact for _, fact in condition.asks if facts.get(fact, MISSING) in (None, MISSING)), None)
