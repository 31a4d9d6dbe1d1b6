"""The fields in which one writes by hand what a stage reported on paper, each as its kind has it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.intake.bringing_in import rules
from services.intake.eligibility import commands as verifications
from services.intake.eligibility.rules import ASKED, PAPERS, Check
from shared.kernel.errors import Invalid
from shared.kernel.money import parse_rupiah
from shared.programmes import kinds
from shared.programmes.definition import Programme
from shared.programmes.kinds import Fact
from shared.referrals import words
from shared.web.language import language


class NotANumber(Invalid):
    """Write a whole number."""

    indonesian = "Tulis bilangan bulat."


class NoSemicolon(Invalid):
    """Write it without a semicolon or a bar: they part one entry of a list from the next."""

    indonesian = "Tulis tanpa titik koma atau garis tegak: keduanya memisahkan isian dalam daftar."


@dataclass(frozen=True, slots=True)
class Field:
    """One fact on the form: its name, what it is called, how it is asked for, and what may be chosen."""

    name: str
    label: str
    asked_as: str
    choices: tuple[tuple[str, str], ...] = ()


def fields_of(programme: Programme, stage: str) -> list[Field]:
    """What the form asks about a stage beside its result, day, number and amount."""
    found = programme.stages[stage]
    kind = kinds.kind(found.does)
    asked = []
    for name in _asked(programme, stage):
        fact = kind.facts[name]
        choices = kind.offered(name, found.settings) or (fact if isinstance(fact, tuple) else ())
        shown = _of_verifications(programme, name) or tuple((each, words.code(each)) for each in choices)
        asked.append(Field(name, words.name_of(name), _asked_as(name, fact, bool(shown)), shown))
    return asked


def _asked(programme: Programme, stage: str) -> list[str]:
    """What a stage may have reported; of a verification what its own check looks at."""
    found = programme.stages[stage]
    told = rules.facts_of(programme, stage)
    if found.does != verifications.KIND:
        return told
    check = Check(found.settings.get("check", Check.REGISTRY))
    own = {Check.FILE: ("papers_missing",), Check.FIELD: ASKED[Check.FIELD]}.get(check, ())
    return [each for each in told if each in ("conditions_failed", *own)]


def _of_verifications(programme: Programme, name: str) -> tuple[tuple[str, str], ...]:
    """The clauses that may have failed, and the papers that may have been missing."""
    if name == "conditions_failed":
        return tuple((each.id, each.text.to(language())) for each in programme.eligibility)
    return tuple((each, words.code(each)) for each in PAPERS.values()) if name == "papers_missing" else ()


def _asked_as(name: str, fact: Fact, has_choices: bool) -> str:
    if has_choices:
        return "boxes" if fact is list else "choice"
    if fact is int:
        return "rupiah" if name in words.RUPIAH else "number"
    return {bool: "yes-no", date: "day", list: "several"}.get(fact, "text") if isinstance(fact, type) else "text"


def as_written(programme: Programme, stage: str, told: Mapping[str, Any]) -> str:
    """What was filled in, as a list writes it: `needs=skills|market; entries=3`; raises Invalid by the field's name."""
    if stage not in programme.stages:
        return ""
    known = kinds.kind(programme.stages[stage].does).facts
    asked = [each for each in _asked(programme, stage) if told.get(each)]
    return "; ".join(f"{name}={'|'.join(_values(name, known[name], told[name]))}" for name in asked)


def _values(name: str, fact: Fact, value: Any) -> Iterator[str]:
    entries = value if isinstance(value, list) else str(value).split(",") if fact is list else [str(value)]
    for each in (str(entry).strip() for entry in entries):
        if ";" in each or "|" in each:
            raise NoSemicolon().at(f"facts.{name}")
        if fact is int and parse_rupiah(each) is None:
            raise NotANumber().at(f"facts.{name}")
        if each:
            yield each
