"""What a loan believes in: no interest, instalments that add up to it exactly, repayments that fill them in order.

Shared by zakat (qardhul hasan) and cooperatives (capital loans). A loan is never added to grants: it is an account of
its own in the fund's ledger (see `funds.rules`).
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared.kernel.errors import Conflict, Invalid
from shared.kernel.money import format_rupiah

MOST_INSTALMENTS = 60
"""Five years of monthly instalments. Source: assumption; the articles name no term."""
ROUND = 1_000
"""Instalments are whole thousands, because nobody pays in smaller coins. Source: assumption."""


class Lender(StrEnum):
    """Which slice decided on the loan."""

    ZAKAT = "zakat"  # qardhul hasan of Baznas
    COOPERATIVE = "cooperative"  # capital for members of a cooperative


class LoanState(StrEnum):
    """Where a loan stands on a day."""

    RUNNING = "running"  # nothing that is due is missing
    IN_ARREARS = "in-arrears"  # an instalment was due before today and is not, or not fully, paid
    REPAID = "repaid"  # everything has come back


class TooManyInstalments(Invalid):
    """A loan of {amount} cannot be split into {instalments} instalments; choose between 1 and {most}."""

    indonesian = "Pinjaman {amount} tidak dapat dibagi menjadi {instalments} angsuran; pilih antara 1 dan {most}."


class FirstDueTooEarly(Invalid):
    """The first instalment cannot be due before the money is handed over ({handed_over_on})."""

    indonesian = "Angsuran pertama tidak boleh jatuh tempo sebelum uang diserahkan ({handed_over_on})."


class MoreThanOwed(Invalid):
    """Only {owed} is still owed; {paid} cannot be booked against it."""

    indonesian = "Sisa pinjaman hanya {owed}; {paid} tidak dapat dibukukan."


class PaidInTheFuture(Invalid):
    """A repayment cannot be dated later than today."""

    indonesian = "Tanggal pembayaran tidak boleh setelah hari ini."


class PaidBeforeLent(Invalid):
    """A repayment cannot be dated before the loan was handed over ({lent_on})."""

    indonesian = "Tanggal pembayaran tidak boleh sebelum pinjaman diserahkan ({lent_on})."


class ReceiptUsed(Conflict):
    """The receipt {receipt} is booked for this loan already."""

    indonesian = "Kuitansi {receipt} sudah dibukukan untuk pinjaman ini."


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of a loan and the day on which it is due; rupiah."""

    number: int
    due_on: date
    amount: int


@dataclass(frozen=True, slots=True)
class Standing:
    """An instalment with what has been paid of it, and whether its day is over."""

    instalment: Instalment
    paid: int
    is_overdue: bool

    @property
    def left(self) -> int:
        """What is still to be paid of it."""
        return self.instalment.amount - self.paid


def schedule(principal: int, instalments: int, first_due: date) -> tuple[Instalment, ...]:
    """Monthly instalments that add up to the principal exactly; whole thousands, the last one takes the rest."""
    if not 1 <= instalments <= MOST_INSTALMENTS or principal < instalments:
        most = max(1, min(MOST_INSTALMENTS, principal))
        raise TooManyInstalments(amount=format_rupiah(principal), instalments=instalments, most=most)
    unit = ROUND if principal >= instalments * ROUND else 1
    whole, rest = divmod(principal, unit)
    amounts = [(whole * (turn + 1) // instalments - whole * turn // instalments) * unit for turn in range(instalments)]
    amounts[-1] += rest
    return tuple(
        Instalment(number, months_after(first_due, number - 1), amount) for number, amount in enumerate(amounts, 1)
    )


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def first_due_after(handed_over_on: date, first_due: date) -> None:
    """Refuse an instalment that is due before there is a loan; raises FirstDueTooEarly."""
    if first_due < handed_over_on:
        raise FirstDueTooEarly(handed_over_on=handed_over_on.isoformat())


def standings(instalments: Sequence[Instalment], repaid: int, today: date) -> tuple[Standing, ...]:
    """What was repaid, filled into the instalments in their order."""
    found = []
    for each in instalments:
        paid = min(each.amount, repaid)
        repaid -= paid
        found.append(Standing(each, paid, is_overdue=each.due_on < today and paid < each.amount))
    return tuple(found)


def arrears(due_by_now: int, repaid: int) -> int:
    """How much was due before today and has not been paid; paying ahead makes it nothing, never less."""
    return max(0, due_by_now - repaid)


def state_of(principal: int, repaid: int, due_by_now: int) -> LoanState:
    """Where a loan stands."""
    if repaid == principal:
        return LoanState.REPAID
    return LoanState.IN_ARREARS if arrears(due_by_now, repaid) else LoanState.RUNNING


def may_repay(owed: int, amount: int, *, paid_on: date, lent_on: date, today: date) -> None:
    """Refuse a repayment that cannot have been; raises MoreThanOwed, PaidInTheFuture or PaidBeforeLent."""
    if amount > owed:
        raise MoreThanOwed(owed=format_rupiah(owed), paid=format_rupiah(amount)).at("amount")
    if paid_on > today:
        raise PaidInTheFuture().at("paid_on")
    if paid_on < lent_on:
        raise PaidBeforeLent(lent_on=lent_on.isoformat()).at("paid_on")
