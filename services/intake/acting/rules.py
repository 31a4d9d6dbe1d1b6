"""What is believed of leave and of acting for a post: days in order, none twice, none too long, none of one's own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from services.intake.acting.terms import Term
from shared.kernel import calendar
from shared.kernel.errors import Conflict, Forbidden, Invalid

LONGEST_LETTER = 60
A_DAY = timedelta(days=1)


class DaysReversed(Invalid):
    """The last day is before the first."""

    indonesian = "Hari terakhir mendahului hari pertama."


class Over(Invalid):
    """These days are over already."""

    indonesian = "Hari-hari ini sudah lewat."


class TooLong(Invalid):
    """This is too long: at most {months} months at once."""

    indonesian = "Ini terlalu lama: paling lama {months} bulan sekaligus."


class ExtendedTooLong(Invalid):
    """With what it follows on, this is too long: at most {months} months together."""

    indonesian = "Bersama masa sebelumnya ini terlalu lama: paling lama {months} bulan seluruhnya."


class AwayAlready(Conflict):
    """{name} is on leave from {from_on} to {to_on}."""

    indonesian = "{name} sedang cuti atau tidak bertugas dari {from_on} sampai {to_on}."


class ActsAlready(Conflict):
    """{name} acts for a post from {from_on} to {to_on}."""

    indonesian = "{name} sudah menjadi pelaksana dari {from_on} sampai {to_on}."


class PostTaken(Conflict):
    """{name} acts for this post from {from_on} to {to_on}."""

    indonesian = "{name} sudah menjadi pelaksana jabatan ini dari {from_on} sampai {to_on}."


class PostHeld(Conflict):
    """The post is not vacant: {name} holds it. Who acts while she is away is a Plh."""

    indonesian = "Jabatan ini tidak lowong: {name} memegangnya. Yang menggantikan selama ia tidak bertugas adalah Plh."


class HolderMissing(Invalid):
    """Say whose post it is: a Plh acts while its holder is away."""

    indonesian = "Isi pejabat yang digantikan: Plh bertugas selama pejabatnya tidak bertugas."


class NotTheHolder(Invalid):
    """She does not hold this post at this office."""

    indonesian = "Ia tidak memegang jabatan ini di kantor ini."


class NotOfThisOffice(Invalid):
    """Only somebody with an account in use at the same office stands in."""

    indonesian = "Yang menggantikan harus petugas kantor yang sama dengan akun yang aktif."


class HoldsItHerself(Invalid):
    """{name} holds this role herself."""

    indonesian = "{name} sendiri sudah memegang peran ini."


class OfficeIsClosed(Conflict):
    """The office is closed."""

    indonesian = "Kantor ini sudah ditutup."


class LetterMissing(Invalid):
    """Nobody acts without a letter: its number, of at most {longest} letters."""

    indonesian = "Tidak ada pelaksana tanpa surat: isi nomornya, paling panjang {longest} huruf."


class LetterAhead(Invalid):
    """The letter is dated after today."""

    indonesian = "Tanggal surat belum tiba."


class NotOneself(Forbidden):
    """Nobody appoints herself; ask your administrator."""

    indonesian = "Tidak seorang pun menunjuk dirinya sendiri; mintalah administrator."


class EndedAlready(Conflict):
    """This has ended already."""

    indonesian = "Ini sudah berakhir."


@dataclass(frozen=True, slots=True)
class Days:
    """From a first to a last day, both counted."""

    from_on: date
    to_on: date

    def meets(self, other: "Days") -> bool:
        """Whether a day lies in both."""
        return self.from_on <= other.to_on and other.from_on <= self.to_on


def checked_days(days: Days, today: date, term: Term, before: Iterable[Days] = ()) -> None:
    """Hold days to their order, to the present and to the longest time, also with those that they follow on.

    Raises DaysReversed, Over, TooLong, ExtendedTooLong.
    """
    if days.to_on < days.from_on:
        raise DaysReversed().at("to_on")
    if days.to_on < today:
        raise Over().at("to_on")
    if days.to_on > last_day(days.from_on, term.months):
        raise TooLong(months=term.months).at("to_on")
    began = beginning(days, before)
    if began < days.from_on and days.to_on > last_day(began, term.with_extension):
        raise ExtendedTooLong(months=term.with_extension).at("to_on")


def last_day(from_on: date, months: int) -> date:
    """The last of so many months that begin with a day."""
    return calendar.add_months(from_on, months) - A_DAY


def beginning(days: Days, before: Iterable[Days]) -> date:
    """The first day of all that days follow on without a gap."""
    began = days.from_on
    for each in sorted(before, key=lambda one: one.to_on, reverse=True):
        if each.to_on + A_DAY >= began > each.from_on:
            began = each.from_on
    return began
