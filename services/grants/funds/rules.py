"""What may happen to a fund's money: eight moves, and the laws that every sequence of them keeps.

The laws: no balance is ever negative, and what is reserved, committed, realised and lent together never passes the
ceiling. What was given and what was lent are two accounts: a loan is never added to grants.
They hold for the fund as a whole and, without the ceiling, for each grant within it: a grant cannot spend what was
committed for another.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from shared.kernel.errors import Conflict, Invalid
from shared.kernel.money import format_rupiah


class Source(StrEnum):
    """Whose money it is; grants and loans, zakat and budget are never added up without saying so."""

    APBD = "apbd"
    APBN = "apbn"
    ZAKAT = "zakat"
    CSR = "csr"
    COOPERATIVE = "cooperative"


class Move(StrEnum):
    """What a ledger entry says has happened to money."""

    RESERVE = "reserve"  # a decision is being prepared
    COMMIT = "commit"  # a decision was signed, or a new order takes up a freed commitment
    REALISE = "realise"  # goods were handed over
    RELEASE = "release"  # the money is free again: not needed, withdrawn, or the vendor failed
    RETURN = "return"  # realised money came back to the fund
    LEND = "lend"  # money was handed over as a loan (qardhul hasan, capital loan)
    REPAY = "repay"  # an instalment of a loan came back to the fund
    LAPSE = "lapse"  # 31 December passed


class Purpose(StrEnum):
    """What a ledger entry serves: the slice that can show more of it."""

    GOODS = "goods"
    ZAKAT = "zakat"
    LOAN = "loan"


class FundExhausted(Conflict):
    """The fund {fund} has {free} left; {wanted} cannot be set aside from it."""

    indonesian = "Dana {fund} tinggal {free}; {wanted} tidak dapat dicadangkan dari dana ini."


class FundClosed(Conflict):
    """The fund {fund} was closed at the end of its year; use the fund of a later year."""

    indonesian = "Dana {fund} sudah ditutup pada akhir tahun anggarannya; gunakan dana tahun berikutnya."


class MoreThanSetAside(Conflict):
    """Only {held} of the fund {fund} is {balance} here; {wanted} cannot be taken from it."""

    indonesian = "Dari dana {fund} hanya {held} yang berstatus {balance} di sini; {wanted} tidak dapat diambil."


class FundNotChosen(Invalid):
    """Several funds may pay for this: choose the one that does."""

    indonesian = "Ada beberapa dana yang boleh membayar ini: pilih dana yang membayar."


class NotYourFund(Invalid):
    """This fund cannot pay here: it has to be open and of the office that decides, and for an order also of its source.

    After a lapse the fund of a later year may pay; the head of that office opens it first.
    """

    indonesian = (
        "Dana ini tidak dapat membayar di sini: dana harus sudah dibuka dan milik kantor yang memutuskan, dan untuk "
        "pesanan juga dari sumber yang sama. Setelah hangus, dana tahun berikutnya boleh dipakai; kepala kantor itu "
        "membukanya lebih dahulu."
    )


class FundHoldsTheMoney(Conflict):
    """The money is still committed in the fund that the decision named; another one can pay once it is free."""

    indonesian = "Uangnya masih terikat pada dana keputusan; dana lain baru dapat membayar setelah uang itu dilepas."


class YearNotOver(Conflict):
    """The fund {fund} belongs to {year}, which is not over yet; its money does not lapse before 31 December."""

    indonesian = "Dana {fund} milik tahun anggaran {year} yang belum berakhir; dana belum hangus sebelum 31 Desember."


class AmountNotPositive(Invalid):
    """An amount of money that moves must be more than nothing."""

    indonesian = "Jumlah uang yang dipindahkan harus lebih dari nol."


@dataclass(frozen=True)
class Balance:
    """Where money stands, in whole rupiah."""

    reserved: int = 0
    committed: int = 0
    realised: int = 0
    returned: int = 0
    lent: int = 0
    repaid: int = 0

    @property
    def outstanding(self) -> int:
        """What is set aside and not yet spent: it lapses at the end of the year."""
        return self.reserved + self.committed

    @property
    def used(self) -> int:
        """What counts against the ceiling."""
        return self.reserved + self.committed + self.realised + self.lent

    def plus(self, other: "Balance") -> "Balance":
        """The two together."""
        return Balance(
            self.reserved + other.reserved,
            self.committed + other.committed,
            self.realised + other.realised,
            self.returned + other.returned,
            self.lent + other.lent,
            self.repaid + other.repaid,
        )


@dataclass(frozen=True)
class Purse:
    """What makes a fund somebody's to spend: whose it is, where its money comes from, and of which year it is."""

    owner: str
    source: Source
    year: int

    def may_follow(self, decided: "Purse") -> bool:
        """Whether it may pay what was decided on another fund: same owner, same source, and no older year."""
        return (self.owner, self.source) == (decided.owner, decided.source) and self.year >= decided.year


@dataclass(frozen=True)
class Posting:
    """One move: how much of what changes by it."""

    move: Move
    amount: int
    change: Balance


def reserve(amount: int) -> Posting:
    """Set money aside while a decision is prepared."""
    return _posting(Move.RESERVE, amount, Balance(reserved=amount))


def commit(amount: int, *, reserved: int = 0) -> Posting:
    """Bind money to a grant; `reserved` of it had been set aside before."""
    return _posting(Move.COMMIT, amount, Balance(reserved=-reserved, committed=amount))


def realise(amount: int) -> Posting:
    """Spend committed money on goods that were handed over."""
    return _posting(Move.REALISE, amount, Balance(committed=-amount, realised=amount))


def release(held: Balance) -> Posting:
    """Let go of everything that is set aside in `held`."""
    return _posting(Move.RELEASE, held.outstanding, Balance(reserved=-held.reserved, committed=-held.committed))


def release_commitment(amount: int) -> Posting:
    """Let go of a part of what is committed."""
    return release(Balance(committed=amount))


def give_back(amount: int) -> Posting:
    """Money that had been spent came back, and within its year may be used again."""
    return _posting(Move.RETURN, amount, Balance(realised=-amount, returned=amount))


def lend(amount: int) -> Posting:
    """Hand committed money over as a loan: out of the fund, and owed to it."""
    return _posting(Move.LEND, amount, Balance(committed=-amount, lent=amount))


def repay(amount: int) -> Posting:
    """An instalment came back, and within the fund's year may be lent or given again."""
    return _posting(Move.REPAY, amount, Balance(lent=-amount, repaid=amount))


def lapse(held: Balance) -> Posting:
    """The year is over: what is set aside in `held` and not realised falls back."""
    return replace(release(held), move=Move.LAPSE)


def post(balance: Balance, posting: Posting, *, fund: str, ceiling: int | None = None) -> Balance:
    """The balance after a move; raises FundExhausted or MoreThanSetAside when it would break a law."""
    after = balance.plus(posting.change)
    for name in ("reserved", "committed", "realised", "lent"):
        if getattr(after, name) < 0:
            raise MoreThanSetAside(
                fund=fund,
                balance=name,
                held=format_rupiah(getattr(balance, name)),
                wanted=format_rupiah(-getattr(posting.change, name)),
            )
    if ceiling is not None and after.used > ceiling:
        raise FundExhausted(
            fund=fund, free=format_rupiah(ceiling - balance.used), wanted=format_rupiah(after.used - balance.used)
        )
    return after


def may_close(fund: str, budget_year: int, today: date) -> None:
    """Refuse to close a fund before its year is over (commitments lapse on 31 December, not earlier)."""
    if today <= date(budget_year, 12, 31):
        raise YearNotOver(fund=fund, year=budget_year)


def _posting(move: Move, amount: int, change: Balance) -> Posting:
    if amount <= 0:
        raise AmountNotPositive
    return Posting(move, amount, change)
