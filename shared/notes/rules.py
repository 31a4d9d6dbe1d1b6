"""What notes are about, and who may strike one out."""

from collections.abc import Collection
from enum import StrEnum

from shared.identity import offices
from shared.identity.officer import Officer
from shared.identity.permissions import PROTECTING, Workplace
from shared.identity.rules import Role
from shared.kernel.errors import Conflict, Forbidden

LONGEST = 2_000
"""Characters of a note, and of the reason for which one is struck out."""


class About(StrEnum):
    """What a note is about."""

    REFERRAL = "referral"
    JOURNEY = "journey"
    PERSON = "person"


class NotHers(Forbidden):
    """Only who wrote a note, or the head of her office, strikes it out."""

    indonesian = "Catatan hanya dapat dicoret oleh penulisnya, atau oleh kepala kantornya."


class StruckOut(Conflict):
    """This note has been struck out already."""

    indonesian = "Catatan ini sudah dicoret."


class Forgotten(Conflict):
    """The words of this note are no longer kept."""

    indonesian = "Isi catatan ini tidak disimpan lagi."


class NothingIsNotedHere(Conflict):
    """Nothing is noted on this stage; what a woman says there stays in the compartment."""

    indonesian = "Tidak ada catatan untuk tahap ini; apa yang disampaikan di sana tetap di ruang rahasia."


class NoLongerHeld(Conflict):
    """What was shared for this referral is no longer kept here, so nothing more is noted on it."""

    indonesian = "Data yang dibagikan untuk rujukan ini tidak disimpan lagi, jadi tidak ada lagi yang dicatat di sini."


def may_strike(officer: Officer, author: object, office: str) -> bool:
    """Whether an officer may strike out a note that this author wrote at this office, or at one that it took over."""
    if officer.id == author:
        return True
    return officer.has(Role.HEAD) and offices.in_its_place(office) == officer.office


def own(office: str) -> frozenset[str]:
    """An office, and those whose work it took over."""
    return frozenset(each for each in offices.all_offices() if offices.in_its_place(each) == office) | {office}


def whose(office: str, parties: Collection[str]) -> frozenset[str]:
    """Of which offices an office sees the notes on what these offices work on together; else its own alone."""
    mine = own(office)
    if mine.isdisjoint(parties):
        return mine
    return mine.union(*(own(each) for each in parties))


def agencies_apart() -> frozenset[str]:
    """The agencies that hold a compartment: that one of them notes something on a person is its own affair."""
    known = {each.agency for each in offices.all_offices().values()}
    return frozenset(each for each in known if Workplace(each).is_a(PROTECTING))
