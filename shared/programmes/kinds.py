"""The catalogue of stage kinds: what a programme may ask of a service, and what it will be told.

Like the events, this is a contract between services: a kind's settings, its possible outcomes and the facts that it
reports stand here, and the checker, the engine and the service that offers the kind all read them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from marshmallow import RAISE, Schema, validate
from marshmallow import fields as shape

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


class FundSettings(Settings):
    """The fund that pays."""

    fund = shape.String(required=True)


class GoodsSettings(FundSettings):
    """The fund and the most that one proposal may cost, in rupiah; null where the city has not set it yet."""

    ceiling = shape.Integer(required=True, allow_none=True, strict=True, validate=validate.Range(min=1))


class ProposalSettings(GoodsSettings):
    """Also whether the aid is given in goods, never in cash."""

    in_kind = shape.Boolean(load_default=True)


class VerificationSettings(Settings):
    """What is looked at: the registries, the file of papers, or the place itself."""

    check = shape.String(required=True, validate=validate.OneOf(["registry", "file", "field"]))


class CourseSettings(Settings):
    """Which course, and over how many sessions."""

    course = shape.String(required=True)
    sessions = shape.Integer(required=True, strict=True, validate=validate.Range(min=1))


class VisitSettings(Settings):
    """The months after the hand-over in which a visit is due, in order."""

    months = shape.List(
        shape.Integer(strict=True, validate=validate.Range(min=1)), required=True, validate=validate.Length(min=1)
    )


class GraduationSettings(Settings):
    """How many officers must sign."""

    signatures = shape.Integer(required=True, strict=True, validate=validate.Range(min=1))


CATALOGUE: Mapping[str, StageKind] = {
    kind.name: kind
    for kind in (
        StageKind(
            "intake.group-formation",
            Text("Pembentukan kelompok", "Group formation"),
            ("formed", "short-of-members"),
            {"members": int, "berita_acara": str},
        ),
        StageKind(
            "intake.verification",
            Text("Verifikasi", "Verification"),
            ("eligible", "not-eligible", "mend", "check-dukcapil"),
            {"checked_on": date},
            VerificationSettings,
        ),
        StageKind(
            "grants.goods-proposal",
            Text("Usulan dan RAB", "Proposal and itemised budget"),
            ("submitted", "withdrawn"),
            {"total": int, "lines": int},
            ProposalSettings,
        ),
        StageKind(
            "grants.goods-decision",
            Text("Keputusan (SK)", "Decision (SK)"),
            ("accepted", "reserve", "refused"),
            {"sk_number": str, "amount": int},
            GoodsSettings,
        ),
        StageKind(
            "grants.goods-hand-over",
            Text("Serah terima barang (BAST)", "Hand-over of goods (BAST)"),
            ("as-agreed", "short", "refused"),
            {"amount": int, "lines": int, "handed_over_on": date},
            FundSettings,
        ),
        StageKind(
            "grants.goods-accountability",
            Text("Laporan pertanggungjawaban", "Accountability report"),
            ("accepted", "incomplete"),
            {"spent": int},
        ),
        StageKind(
            "training.course",
            Text("Bimbingan dan pelatihan", "Course or briefing"),
            ("attended", "absent"),
            {"sessions_attended": int},
            CourseSettings,
        ),
        StageKind(
            "monitoring.visits",
            Text("Kunjungan pemantauan", "Monitoring visits"),
            ("growing", "steady", "stalled"),
            {"visits": int, "omzet": int, "profit": int, "goods": ("in-use", "broken", "sold")},
            VisitSettings,
        ),
        StageKind(
            "monitoring.graduation",
            Text("Kelulusan", "Graduation"),
            ("graduated", "not-yet", "failed"),
            {"cause": str},
            GraduationSettings,
        ),
    )
}


def kind(name: str) -> StageKind:
    """The stage kind of this name; raises UnknownKind."""
    try:
        return CATALOGUE[name]
    except KeyError:
        raise UnknownKind(kind=name) from None


def of_service(service: str) -> tuple[StageKind, ...]:
    """The stage kinds that one service offers."""
    return tuple(each for each in CATALOGUE.values() if each.service == service)
