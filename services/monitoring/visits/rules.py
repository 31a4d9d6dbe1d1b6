"""When a business is visited, and what a visit must say."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from services.monitoring.causes import Cause
from shared.kernel.calendar import add_months
from shared.kernel.errors import Conflict, Invalid


class Condition(StrEnum):
    """How the business does."""

    GROWING = "growing"
    STEADY = "steady"
    STALLED = "stalled"


class Goods(StrEnum):
    """What became of the goods that were handed over."""

    IN_USE = "in-use"
    BROKEN = "broken"
    SOLD = "sold"


APPROVAL_MONTHS = 12
"""For a year after the visits began goods are passed on or sold only with approval: practice of such grants, [M]."""


class ApprovalNotWanted(Invalid):
    """An approval belongs to goods that were passed on or sold; leave it empty."""

    indonesian = "Persetujuan hanya diisi bila barang dialihkan atau dijual; kosongkan."


class VisitInFuture(Invalid):
    """A visit on {visited_on} has not happened yet: write down the day on which you were there."""

    indonesian = "Kunjungan tanggal {visited_on} belum terjadi: tulis tanggal Anda benar-benar berkunjung."


class VisitBeforePrevious(Invalid):
    """The visit before this one was on {previous}: this one cannot be earlier."""

    indonesian = "Kunjungan sebelumnya tanggal {previous}: kunjungan ini tidak boleh lebih awal."


class CauseMissing(Invalid):
    """A stalled business needs its cause: illness, disaster, market, misuse or other."""

    indonesian = "Usaha yang macet perlu sebabnya: sakit, bencana, pasar, penyalahgunaan, atau lainnya."


class CauseNotWanted(Invalid):
    """A cause belongs to a stalled business only; leave it empty."""

    indonesian = "Sebab hanya diisi untuk usaha yang macet; kosongkan."


class ProfitAboveTurnover(Invalid):
    """The profit cannot be higher than the turnover (omzet); check both amounts."""

    indonesian = "Laba tidak mungkin melebihi omzet; periksa kedua angkanya."


class NoVisitPlanned(Conflict):
    """Every planned visit has been recorded; the stage can be completed."""

    indonesian = "Semua kunjungan yang direncanakan sudah dicatat; tahap ini dapat diselesaikan."


class VisitsOutstanding(Conflict):
    """{outstanding} planned visits are still to come, the next by {due_on}; record them first."""

    indonesian = "Masih ada {outstanding} kunjungan, berikutnya paling lambat {due_on}; catat dulu."


def plan(offered_on: date, months: Sequence[int]) -> list[date]:
    """The days by which the business is to be visited: so many calendar months after the stage was offered."""
    return [add_months(offered_on, count) for count in sorted(set(months))]


def check_day(visited_on: date, *, today: date, begun_on: date, previous: date | None) -> None:
    """Refuse a visit that lies ahead, before the stage began, or before the visit before it."""
    if visited_on > today:
        raise VisitInFuture(visited_on=visited_on.isoformat()).at("visited_on")
    earliest = max(begun_on, previous or begun_on)
    if visited_on < earliest:
        raise VisitBeforePrevious(previous=earliest.isoformat()).at("visited_on")


def is_sold_without_approval(goods: Goods, approval: str | None, *, visited_on: date, begun_on: date) -> bool:
    """Whether goods went away within the first year and nobody had allowed it; refused it is not: it has happened."""
    within_the_year = visited_on <= add_months(begun_on, APPROVAL_MONTHS)
    return goods is Goods.SOLD and within_the_year and not approval


def check_approval(goods: Goods, approval: str | None) -> None:
    """Refuse an approval for goods that are still there."""
    if approval and goods is not Goods.SOLD:
        raise ApprovalNotWanted().at("approval")


def check_findings(condition: Condition, cause: Cause | None, *, omzet: int, profit: int) -> None:
    """Refuse findings that contradict each other; a loss is a negative profit."""
    if condition is Condition.STALLED and cause is None:
        raise CauseMissing().at("cause")
    if condition is not Condition.STALLED and cause is not None:
        raise CauseNotWanted().at("cause")
    if profit > omzet:
        raise ProfitAboveTurnover().at("profit")
