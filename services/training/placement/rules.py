"""What job training amounts to: who took part, who passed, and that nobody is placed unpassed, save by waiver."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from shared.kernel.errors import Conflict, Invalid


class Sector(StrEnum):
    """Where the work is. Source: dp3a-kukar.txt, which names manufacturing, services and the formal sector."""

    MANUFACTURING = "manufacturing"
    SERVICES = "services"
    FORMAL = "formal"


class PlacementOutcome(StrEnum):
    """How a referral to job training ends."""

    PLACED = "placed"  # she has work with an employer
    PASSED = "passed"  # she passed the assessment and has no work yet
    TOOK_PART = "took-part"  # she took part and did not pass
    ABSENT = "absent"  # she did not come


class Contract(StrEnum):
    """The kind of contract that she works under. Source: UU 13/2003 as changed by UU 6/2023 (PKWT, PKWTT)."""

    PERMANENT = "permanent"  # PKWTT
    FIXED_TERM = "fixed-term"  # PKWT
    DAILY = "daily"  # harian lepas
    APPRENTICESHIP = "apprenticeship"  # magang


class Left(StrEnum):
    """Why a place in a batch that was taken is free again."""

    RELEASED = "released"  # the office let it go, or chose another batch
    BATCH_CANCELLED = "batch-cancelled"  # the batch does not take place


SECTORS: Mapping[Sector, dict[str, str]] = {
    Sector.MANUFACTURING: {"id": "Manufaktur", "en": "Manufacturing"},
    Sector.SERVICES: {"id": "Jasa", "en": "Services"},
    Sector.FORMAL: {"id": "Sektor formal", "en": "Formal sector"},
}
CONTRACTS: Mapping[Contract, dict[str, str]] = {
    Contract.PERMANENT: {"id": "Tetap (PKWTT)", "en": "Permanent (PKWTT)"},
    Contract.FIXED_TERM: {"id": "Waktu tertentu (PKWT)", "en": "Fixed term (PKWT)"},
    Contract.DAILY: {"id": "Harian lepas", "en": "By the day"},
    Contract.APPRENTICESHIP: {"id": "Magang", "en": "Apprenticeship"},
}


class OtherSector(Invalid):
    """The programme trains for {asked}; this is {given}."""

    indonesian = "Program melatih untuk sektor lain; pilih angkatan atau lowongan dari sektor program."


class EndsBeforeItBegins(Invalid):
    """The last day lies before the first; mend one of them."""

    indonesian = "Hari terakhir mendahului hari pertama; perbaiki salah satunya."


class NoPlacesLeft(Invalid):
    """This batch has {free} places left, and {wanted} are needed: choose another batch or plan one more."""

    indonesian = (
        "Angkatan ini tinggal {free} tempat, sedangkan diperlukan {wanted}: pilih angkatan lain atau buat yang baru."
    )


class BatchCancelled(Invalid):
    """This batch does not take place; choose another one."""

    indonesian = "Angkatan ini dibatalkan; pilih yang lain."


class BatchOver(Invalid):
    """This batch was over on {day}; choose another one."""

    indonesian = "Angkatan ini sudah selesai pada {day}; pilih yang lain."


class BatchHasBegun(Conflict):
    """Somebody has taken part in this batch already; it can no longer be cancelled."""

    indonesian = "Sudah ada yang mengikuti angkatan ini; tidak dapat dibatalkan lagi."


class ResultOnRecord(Invalid):
    """Her part in the batch is on record already; she can no longer change to another."""

    indonesian = "Keikutsertaannya sudah dicatat; angkatan tidak dapat diganti lagi."


class NoBatchChosen(Invalid):
    """Choose a batch first."""

    indonesian = "Pilih angkatan terlebih dahulu."


class NotBegunYet(Invalid):
    """The batch begins on {day}; who took part is noted from that day on."""

    indonesian = "Angkatan dimulai pada {day}; keikutsertaan dicatat mulai hari itu."


class OnlyWhoTookPart(Invalid):
    """Only who took part can be assessed."""

    indonesian = "Hanya yang mengikuti pelatihan yang dapat dinilai."


class AssessedOutsideTime(Invalid):
    """The assessment is held between the batch's first day, {first_day}, and today."""

    indonesian = "Penilaian dilakukan antara hari pertama angkatan, {first_day}, dan hari ini."


class Required(Invalid):
    """Fill this in."""

    indonesian = "Wajib diisi."


class VacancyFilled(Invalid):
    """All openings of this vacancy are filled; choose another one."""

    indonesian = "Semua lowongan ini sudah terisi; pilih yang lain."


class VacancyClosed(Invalid):
    """This vacancy is closed; choose another one."""

    indonesian = "Lowongan ini sudah ditutup; pilih yang lain."


class FewerThanFilled(Invalid):
    """{filled} were placed in this vacancy already."""

    indonesian = "Sudah {filled} orang ditempatkan pada lowongan ini."


class PlacedAlready(Invalid):
    """Her placement is on record already."""

    indonesian = "Penempatannya sudah dicatat."


class NotPassed(Invalid):
    """She has not passed the assessment: note that she has, or write down why it is waived."""

    indonesian = "Ia belum lulus penilaian: catat kelulusannya, atau tuliskan alasan pengecualiannya."


class PlacedOutsideTime(Invalid):
    """She is placed from her assessment up to today; a day to come is noted when it has come."""

    indonesian = "Penempatan dicatat sejak penilaian sampai hari ini; hari yang belum tiba dicatat pada waktunya."


class ResultMissing(Invalid):
    """Say whether she took part."""

    indonesian = "Catat apakah ia mengikuti pelatihan."


class AssessmentMissing(Invalid):
    """Say whether she passed, and on which day she was assessed."""

    indonesian = "Catat apakah ia lulus, dan tanggal penilaiannya."


def may_be_placed(passed: bool | None, waiver: str | None) -> None:
    """Refuse a placement without a pass or a reasoned waiver; raises NotPassed on the waiver."""
    if not passed and not (waiver and waiver.strip()):
        raise NotPassed().at("placement.waiver")


def assess(took_part: bool | None, assessed_on: date | None, first_day: date, today: date) -> None:
    """Refuse an assessment that cannot have been; raises OnlyWhoTookPart, Required or AssessedOutsideTime."""
    if not took_part:
        raise OnlyWhoTookPart().at("passed")
    if assessed_on is None:
        raise Required().at("assessed_on")
    if not first_day <= assessed_on <= today:
        raise AssessedOutsideTime(first_day=first_day.isoformat()).at("assessed_on")


def outcome(*, placed: bool, took_part: bool | None, passed: bool | None) -> PlacementOutcome:
    """What a referral comes to; raises ResultMissing or AssessmentMissing while that is not known."""
    if placed:
        return PlacementOutcome.PLACED
    if took_part is None:
        raise ResultMissing().at("took_part")
    if not took_part:
        return PlacementOutcome.ABSENT
    if passed is None:
        raise AssessmentMissing().at("passed")
    return PlacementOutcome.PASSED if passed else PlacementOutcome.TOOK_PART
