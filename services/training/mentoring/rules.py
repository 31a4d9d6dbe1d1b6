"""When a cash book is kept, who may write in it, and how a wrong line is put right.

A cash book is never edited: a wrong entry is undone by a counter-entry of the same day and amount, so that what was
once written can always be read. Student mentors serve a term; after it they neither write nor see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from shared.kernel.calendar import add_months
from shared.kernel.errors import Conflict, Forbidden, Invalid


class Direction(StrEnum):
    """Whether money came in or went out."""

    IN = "in"
    OUT = "out"

    @property
    def opposite(self) -> "Direction":
        """The direction of its counter-entry."""
        return Direction.OUT if self is Direction.IN else Direction.IN


class MentoringOutcome(StrEnum):
    """What became of the cash book."""

    KEPT = "kept"  # enough entries in every month of the term
    NOT_KEPT = "not-kept"


class TermInvalid(Invalid):
    """A term ends after it begins, and within a year."""

    indonesian = "Masa tugas berakhir sesudah mulai, dan paling lama satu tahun."


class TermEnded(Forbidden):
    """Your term as a mentor ended on {day}: its cash books can no longer be seen or written."""

    indonesian = "Masa tugas pendampingan Anda berakhir pada {day}: buku kas tidak dapat lagi dilihat atau diisi."


class TermNotBegun(Forbidden):
    """Your term as a mentor begins on {day}."""

    indonesian = "Masa tugas pendampingan Anda baru mulai pada {day}."


class CohortOver(Invalid):
    """This mentor's term ended on {day}: choose a mentor of a cohort that is still under way."""

    indonesian = "Masa tugas pendamping ini berakhir pada {day}: pilih pendamping dari angkatan yang masih bertugas."


class UnknownMentor(Invalid):
    """Choose a mentor of one of your office's cohorts."""

    indonesian = "Pilih pendamping dari angkatan kampus Anda."


class MentorTwice(Invalid):
    """This student number or account stands in the cohort already; name each mentor once."""

    indonesian = "Nomor mahasiswa atau akun ini sudah ada di angkatan; tulis setiap pendamping satu kali."


class MentorMissing(Invalid):
    """Choose a mentor first: the cash book begins with her."""

    indonesian = "Pilih pendamping terlebih dahulu: buku kas dimulai bersamanya."


class TermUnderWay(Invalid):
    """The mentoring lasts until {day}; what became of the cash book can be reported after that day."""

    indonesian = "Pendampingan berlangsung sampai {day}; hasil buku kas dapat dilaporkan sesudah hari itu."


class BeforeTheBook(Invalid):
    """The cash book begins on {day}; write what happened from that day on."""

    indonesian = "Buku kas dimulai pada {day}; catat kejadian mulai hari itu."


class NotHappenedYet(Invalid):
    """This day is still to come; write an entry when the money has moved."""

    indonesian = "Hari ini belum tiba; catat setelah uangnya benar-benar masuk atau keluar."


class NoSuchEntry(Invalid):
    """The cash book has no entry {number}."""

    indonesian = "Buku kas tidak mempunyai catatan nomor {number}."


class CorrectedAlready(Conflict):
    """Entry {number} has its counter-entry already."""

    indonesian = "Catatan nomor {number} sudah dikoreksi."


class CounterEntryStands(Conflict):
    """Entry {number} is a counter-entry itself and stays; write what is right as a new entry."""

    indonesian = "Catatan nomor {number} adalah koreksi dan tetap berlaku; tulis yang benar sebagai catatan baru."


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: its number in the book, when, in or out, how much in rupiah, and which entry it undoes."""

    number: int
    happened_on: date
    direction: Direction
    amount: int
    corrects: int | None = None

    @property
    def signed(self) -> int:
        """What it does to the cash in hand."""
        return self.amount if self.direction is Direction.IN else -self.amount


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the term, counted from the first day of the book, and how many entries stand in it."""

    number: int
    begins_on: date
    ends_on: date
    entries: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """What a cash book amounts to at the end of its term."""

    outcome: MentoringOutcome
    entries: int
    income: int
    expense: int
    months: int


def require_term(begins_on: date, ends_on: date, today: date) -> None:
    """Hold a student mentor to her term; raises TermNotBegun or TermEnded."""
    if today < begins_on:
        raise TermNotBegun(day=begins_on.isoformat())
    if today > ends_on:
        raise TermEnded(day=ends_on.isoformat())


def standing(lines: Sequence[Line]) -> list[Line]:
    """The entries that count: neither counter-entries nor what they undo."""
    undone = {each.corrects for each in lines if each.corrects is not None}
    return [each for each in lines if each.corrects is None and each.number not in undone]


def balances(lines: Sequence[Line]) -> list[int]:
    """The cash in hand after each entry, in the order in which they were written."""
    running, found = 0, []
    for each in lines:
        running += each.signed
        found.append(running)
    return found


def last_day(begins_on: date, months: int) -> date:
    """The last day of a term of so many months."""
    return add_months(begins_on, months) - timedelta(days=1)


def by_month(begins_on: date, months: int, lines: Sequence[Line]) -> list[Month]:
    """The months of the term with their standing entries; what lies outside the term is counted in none."""
    starts = [add_months(begins_on, number) for number in range(months + 1)]
    counted = standing(lines)
    return [
        Month(number, start, end - timedelta(days=1), sum(start <= each.happened_on < end for each in counted))
        for number, (start, end) in enumerate(pairwise(starts), 1)
    ]


def kept(begins_on: date, months: int, least: int, lines: Sequence[Line]) -> Kept:
    """Whether every month has at least so many entries, and what came in and went out."""
    enough = sum(month.entries >= least for month in by_month(begins_on, months, lines))
    counted = standing(lines)
    return Kept(
        MentoringOutcome.KEPT if enough == months else MentoringOutcome.NOT_KEPT,
        len(counted),
        sum(each.amount for each in counted if each.direction is Direction.IN),
        sum(each.amount for each in counted if each.direction is Direction.OUT),
        enough,
    )
