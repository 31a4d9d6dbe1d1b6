"""How a verification ends: on the registries, on the file of papers, or on what was seen at the place."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from shared.kernel.errors import Conflict, Forbidden, Invalid


class Check(StrEnum):
    """What a verification looks at."""

    REGISTRY = "registry"
    FILE = "file"
    FIELD = "field"


class Outcome(StrEnum):
    """How a verification ends."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not-eligible"
    MEND = "mend"
    CHECK_DUKCAPIL = "check-dukcapil"


PAPERS: Mapping[str, str] = {
    "identity_cards": "identity-cards",
    "family_cards": "family-cards",
    "proposal_signed": "proposal-signed",
    "budget_complete": "budget-complete",
}
"""The papers of a file, and the word by which others are told that one is missing."""

ASKED: Mapping[Check, tuple[str, ...]] = {
    Check.FILE: tuple(PAPERS),
    Check.FIELD: ("berita_acara", "visited_on", "lives_there", "has_place"),
}
"""What a check has to answer."""

DUKCAPIL_CAUTIONS = frozenset(
    {"sex-differs-from-nik", "birth-date-differs-from-nik", "nik-area-unknown", "reported-dead"}
)
"""A NIK may keep wrong birth digits for life (PP 40/2019): they are checked with Dukcapil, and refuse nobody."""


class FindingsMissing(Invalid):
    """Fill in the findings of the {check} check first."""

    indonesian = "Isi dulu hasil pemeriksaan ({check})."


class SecondPersonNeeded(Invalid):
    """To decide otherwise than the registries a second person has to agree: ask for it first, with this evidence."""

    indonesian = "Untuk memutuskan berbeda dari registri, orang kedua harus menyetujui: mintakan dulu dengan bukti ini."


class NothingToOverride(Conflict):
    """The registries already say yes: report the verification as it is."""

    indonesian = "Registri sudah menyatakan memenuhi syarat: laporkan verifikasi apa adanya."


class AlreadyAsked(Conflict):
    """A second person has been asked about this verification already; wait for the answer."""

    indonesian = "Orang kedua sudah dimintai persetujuan untuk verifikasi ini; tunggu jawabannya."


class AlreadyAnswered(Conflict):
    """Somebody has answered this already."""

    indonesian = "Ini sudah dijawab."


class OwnOverride(Forbidden):
    """You asked for it yourself: a second person decides."""

    indonesian = "Anda sendiri yang memintanya: orang kedua yang memutuskan."


class SecondPersonOfThatOffice(Forbidden):
    """At {office} there is a second person who can decide: another office does so only where there is none."""

    indonesian = "Di {office} ada orang kedua yang dapat memutuskan; kantor lain hanya bila tidak ada."


class CheckedLater(Invalid):
    """It cannot have been checked on a day to come: write the day on which it was done."""

    indonesian = "Pemeriksaan tidak mungkin bertanggal di masa depan: tulis hari pelaksanaannya."


class CheckedTooEarly(Invalid):
    """It cannot have been checked before {offered_on}, when it came to your office: write the day of the check."""

    indonesian = (
        "Pemeriksaan tidak mungkin sebelum {offered_on}, saat tahap ini sampai di kantor Anda: tulis hari"
        " pelaksanaannya."
    )


class HasItsOwnDay(Invalid):
    """A check at the place is dated by its visit: leave this empty."""

    indonesian = "Pemeriksaan lapangan bertanggal kunjungannya: kosongkan isian ini."


class VisitInFuture(Invalid):
    """The place cannot have been seen on a day to come."""

    indonesian = "Pemeriksaan lapangan tidak mungkin bertanggal di masa depan."


def require_day(checked_on: date, *, offered_on: date, today: date, on_paper: bool) -> None:
    """Hold the day of a check to what can be: not to come, and not before the stage was offered.

    What a journey that began on paper goes on with may have been checked before. Raises CheckedLater, CheckedTooEarly.
    """
    if checked_on > today:
        raise CheckedLater().at("checked_on")
    if checked_on < offered_on and not on_paper:
        raise CheckedTooEarly(offered_on=offered_on.isoformat()).at("checked_on")


def age_on(birth_date: date, on: date) -> int:
    """Completed years of age on a day."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def by_registry(failed: tuple[str, ...], cautions: frozenset[str], *, agreed: bool) -> Outcome:
    """Decide on the registries; otherwise only where a second person agreed to the evidence for it."""
    if agreed:
        return Outcome.ELIGIBLE
    if failed:
        return Outcome.NOT_ELIGIBLE
    return Outcome.CHECK_DUKCAPIL if cautions & DUKCAPIL_CAUTIONS else Outcome.ELIGIBLE


def by_file(papers: Mapping[str, bool]) -> Outcome:
    """Decide on the papers: whatever is missing can be mended."""
    return Outcome.ELIGIBLE if all(papers.values()) else Outcome.MEND


def by_visit(*, lives_there: bool, has_place: bool) -> Outcome:
    """Decide on what was seen: somebody who does not live there is not meant; a place for the business can be found."""
    if not lives_there:
        return Outcome.NOT_ELIGIBLE
    return Outcome.ELIGIBLE if has_place else Outcome.MEND
