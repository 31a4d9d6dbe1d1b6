"""How a verification ends: on the registries, on the file of papers, or on what was seen at the place."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from shared.kernel.errors import Invalid


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


class NotAnswered(Invalid):
    """Answer this: nothing is taken for a yes or a no."""

    indonesian = "Isi dulu bagian ini: yang kosong tidak dianggap ya atau tidak."


class EvidenceMissing(Invalid):
    """Name the evidence (a letter's number, for instance) on which you decide otherwise than the registries."""

    indonesian = "Sebutkan bukti (misalnya nomor surat) yang menjadi dasar keputusan berbeda dari registri."


class VisitInFuture(Invalid):
    """The place cannot have been seen on a day to come."""

    indonesian = "Pemeriksaan lapangan tidak mungkin bertanggal di masa depan."


def age_on(birth_date: date, on: date) -> int:
    """Completed years of age on a day."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def by_registry(failed: tuple[str, ...], cautions: frozenset[str], evidence: str | None) -> Outcome:
    """Decide on the registries: an officer may override with evidence, and it is kept."""
    if evidence:
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
