"""The ladder that a product climbs, and what each rung asks to be seen.

Made to order, steady production, brand, packaging and standard, licence (p2wkss-tangsel.txt: products are made to
order only and have no standard; once there is a brand, availability and quality must be kept). What regulations ask
stands in `requirements.yaml` with its source, not here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from shared.kernel.errors import Invalid
from shared.kernel.requirements import Value
from shared.kernel.unsaid import NotAnswered


class ProductKind(StrEnum):
    """What the product is."""

    FOOD = "food"  # packed food, keeps some days
    CATERING = "catering"  # meals and fresh food
    CRAFT = "craft"
    CLOTHING = "clothing"
    OTHER = "other"

    @property
    def is_eaten(self) -> bool:
        """Whether food law applies."""
        return self in (ProductKind.FOOD, ProductKind.CATERING)


class Rung(StrEnum):
    """A rung of the ladder, from the ground up."""

    MADE_TO_ORDER = "made-to-order"
    STEADY_PRODUCTION = "steady-production"
    BRAND = "brand"
    PACKAGING_AND_STANDARD = "packaging-and-standard"
    LICENCE = "licence"


LADDER = tuple(Rung)


class Extra(StrEnum):
    """Evidence beside the ladder, which no programme asks for."""

    HALAL = "halal"  # self-declaration
    TRADE_MARK = "trade-mark"


class Licence(StrEnum):
    """The licence that a product has."""

    NONE = "none"
    P_IRT = "p-irt"
    SLHS = "slhs"


class ProductOutcome(StrEnum):
    """How a stage ends that asks for a rung."""

    REACHED = "reached"
    NOT_YET = "not-yet"


class ProductMissing(Invalid):
    """Describe the product first: what it is, and for food how many days it keeps."""

    indonesian = "Tuliskan produknya dahulu: apa jenisnya, dan untuk makanan berapa hari tahan simpan."


class ShelfLifeMissing(Invalid):
    """Write for how many days the food keeps: P-IRT or SLHS depends on it."""

    indonesian = "Tulis berapa hari makanan ini tahan simpan: P-IRT atau SLHS bergantung padanya."


class SeenLater(Invalid):
    """This day is still to come; write what has been seen."""

    indonesian = "Hari ini belum tiba; catat yang sudah dilihat."


class NotSteady(Invalid):
    """Of late the production log shows {weeks} consecutive weeks with kept quality; {asked} are needed."""

    indonesian = "Akhir-akhir ini catatan produksi menunjukkan {weeks} minggu berturut-turut bermutu; perlu {asked}."


class BrandMissing(Invalid):
    """Write the brand name, and confirm that its label was seen on the product."""

    indonesian = "Tulis nama mereknya, dan pastikan labelnya sudah terlihat pada produk."


class ChecklistIncomplete(Invalid):
    """Of packaging and standard these points are still open: {missing}."""

    indonesian = "Kemasan dan standar belum lengkap: periksa butir yang belum dicentang."


class OtherLicence(Invalid):
    """This product is licensed as '{needed}': food that keeps more than {days} days P-IRT, other food SLHS."""

    indonesian = (
        "Izin untuk produk ini adalah '{needed}': pangan yang tahan lebih dari {days} hari P-IRT, pangan lain SLHS."
    )


class NoLicenceNeeded(Invalid):
    """Only food is licensed as P-IRT or SLHS; choose 'none', the business number (NIB) is enough here."""

    indonesian = "Hanya pangan yang memerlukan P-IRT atau SLHS; pilih 'tidak ada', di sini cukup NIB."


class NibInvalid(Invalid):
    """A business number (NIB) has {digits} digits."""

    indonesian = "NIB terdiri atas {digits} angka."


class BelowPassMark(Invalid):
    """The food-safety course is passed with {mark} points; enter the result of a course that was passed."""

    indonesian = "Penyuluhan keamanan pangan lulus dengan nilai {mark}; isi hasil penyuluhan yang lulus."


class PremisesUnchecked(Invalid):
    """Enter the day on which the premises were checked and found fit."""

    indonesian = "Isi tanggal pemeriksaan tempat produksi yang dinyatakan memenuhi syarat."


class DocumentMissing(Invalid):
    """Enter the number of the document."""

    indonesian = "Isi nomor dokumennya."


class WhatIsMissing(Invalid):
    """The rung '{rung}' is not reached yet: write what is still missing, then the stage can be closed as not yet."""

    indonesian = (
        "Tangga yang diminta belum tercapai: tulis apa yang masih kurang, lalu tahap dapat ditutup sebagai belum."
    )


@dataclass(frozen=True, slots=True)
class Requirements:
    """What the rungs ask."""

    steady_weeks: Value[int]
    steady_within: Value[int]
    shelf_stable_days: Value[int]
    pass_mark: Value[int]
    nib_digits: Value[int]
    checklist: Value[tuple[str, ...]]
    checklist_other: Value[tuple[str, ...]]

    def points(self, kind: ProductKind) -> tuple[str, ...]:
        """The checklist of packaging and standard for a kind of product."""
        return self.checklist.value if kind.is_eaten else self.checklist_other.value


@dataclass(frozen=True, slots=True)
class Made:
    """A day's production: how much, and whether its quality was kept."""

    made_on: date
    quality_kept: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How high a product stands."""

    rung: Rung | None
    licence: Licence


def require_shelf_life(kind: ProductKind, shelf_days: int | None) -> None:
    """Food must say how long it keeps; raises ShelfLifeMissing."""
    if kind is ProductKind.FOOD and shelf_days is None:
        raise ShelfLifeMissing().at("product.shelf_days")


def steady_weeks(made: Sequence[Made]) -> int:
    """The longest run of consecutive calendar weeks with production in which no day's quality failed."""
    weeks: dict[date, bool] = {}
    for each in made:
        monday = each.made_on - timedelta(days=each.made_on.weekday())
        weeks[monday] = weeks.get(monday, True) and each.quality_kept
    longest = running = 0
    before: date | None = None
    for monday in sorted(week for week, kept in weeks.items() if kept):
        running = running + 1 if before == monday - timedelta(days=7) else 1
        longest, before = max(longest, running), monday
    return longest


def is_steady(made: Sequence[Made], today: date, asked: Requirements) -> bool:
    """Whether the production is steady at present: enough weeks in a row, not too long ago."""
    return steady_weeks(recent(made, today, asked)) >= asked.steady_weeks.value


def recent(made: Sequence[Made], today: date, asked: Requirements) -> list[Made]:
    """What was made lately enough to tell of the present."""
    return [each for each in made if each.made_on >= since(today, asked)]


def since(today: date, asked: Requirements) -> date:
    """The first day that tells of the present."""
    return today - timedelta(days=asked.steady_within.value)


def licence_for(kind: ProductKind, shelf_days: int | None, asked: Requirements) -> Licence:
    """The licence that a product needs: P-IRT for shelf-stable food, SLHS for catering and short shelf life."""
    if not kind.is_eaten:
        return Licence.NONE
    if kind is ProductKind.FOOD and shelf_days is not None and shelf_days > asked.shelf_stable_days.value:
        return Licence.P_IRT
    return Licence.SLHS


def check_evidence(
    rung: Rung | Extra,
    found: Mapping[str, Any],
    *,
    kind: ProductKind,
    shelf_days: int | None,
    made: Sequence[Made],
    asked: Requirements,
) -> None:
    """Refuse evidence that does not show what its rung asks; raises Invalid with the field at fault."""
    match rung:
        case Rung.STEADY_PRODUCTION:
            weeks = steady_weeks(made)
            if weeks < asked.steady_weeks.value:
                raise NotSteady(weeks=weeks, asked=asked.steady_weeks.value).at("rung")
        case Rung.BRAND:
            _check_brand(found)
        case Rung.PACKAGING_AND_STANDARD:
            checked = set(found.get("checked") or ())
            missing = [point for point in asked.points(kind) if point not in checked]
            if missing:
                raise ChecklistIncomplete(missing=", ".join(missing)).at("checked")
        case Rung.LICENCE:
            _check_licence(found, kind, shelf_days, asked)
        case Extra.HALAL | Extra.TRADE_MARK:
            _require_document(found)


def _check_brand(found: Mapping[str, Any]) -> None:
    if not found.get("brand"):
        raise BrandMissing().at("brand")
    if found.get("label_seen") is None:
        raise NotAnswered().at("label_seen")
    if not found["label_seen"]:
        raise BrandMissing().at("label_seen")


def _check_licence(found: Mapping[str, Any], kind: ProductKind, shelf_days: int | None, asked: Requirements) -> None:
    needed = licence_for(kind, shelf_days, asked)
    given = Licence(found.get("licence") or Licence.NONE)
    if given is not needed:
        if needed is Licence.NONE:
            raise NoLicenceNeeded().at("licence")
        raise OtherLicence(needed=needed.value, days=asked.shelf_stable_days.value).at("licence")
    nib = str(found.get("nib") or "")
    if not (nib.isascii() and nib.isdigit() and len(nib) == asked.nib_digits.value):
        raise NibInvalid(digits=asked.nib_digits.value).at("nib")
    if needed is Licence.NONE:
        return
    score = found.get("course_score")
    if score is None or score < asked.pass_mark.value:
        raise BelowPassMark(mark=asked.pass_mark.value).at("course_score")
    if not found.get("premises_checked_on"):
        raise PremisesUnchecked().at("premises_checked_on")
    _require_document(found)


def _require_document(found: Mapping[str, Any]) -> None:
    if not found.get("document_number"):
        raise DocumentMissing().at("document_number")


def standing(seen: Mapping[Rung, Mapping[str, Any]], needed: Licence, *, steady: bool) -> Standing:
    """The highest rung up to which every rung has evidence, and the licence among the evidence.

    A licence for what the product no longer is (its shelf life has changed, say) does not count; and what is no longer
    made steadily is made to order again, whatever brand it once had.
    """
    found = Licence(seen.get(Rung.LICENCE, {}).get("licence") or Licence.NONE)
    reached: Rung | None = None
    for rung in LADDER:
        if rung not in seen:
            break
        if (rung is Rung.STEADY_PRODUCTION and not steady) or (rung is Rung.LICENCE and found is not needed):
            break
        reached = rung
    return Standing(reached, found if found is needed else Licence.NONE)


def outcome(reached: Rung | None, target: Rung) -> ProductOutcome:
    """Whether the rung that the stage asks for is reached."""
    there = reached is not None and LADDER.index(reached) >= LADDER.index(target)
    return ProductOutcome.REACHED if there else ProductOutcome.NOT_YET


def missing_up_to(target: Rung, seen: Mapping[Rung, Any]) -> list[Rung]:
    """The rungs up to the target that have no evidence yet."""
    return [rung for rung in LADDER[: LADDER.index(target) + 1] if rung not in seen]
