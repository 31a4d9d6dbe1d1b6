"""What a dry run may be, and what of its figures who may see."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from shared.identity.areas import meet
from shared.identity.rules import Role
from shared.kernel.errors import Conflict, Forbidden, Invalid
from shared.privacy import cells

SEES_SMALL_CELLS = (Role.HEAD,)
"""Who may see a figure that counts fewer than five: whoever may list these very persons by name."""
LARGEST_FILE = 256 * 1024
"""Bytes; the longest programme so far has a tenth of it."""


class TrialState(StrEnum):
    """How far a dry run has come."""

    WAITING = "waiting"  # stored, not begun
    RUNNING = "running"  # some persons are decided
    DONE = "done"
    CANCELLED = "cancelled"  # somebody had seen enough
    FAILED = "failed"  # a condition could not be asked of somebody


UNDER_WAY = (TrialState.WAITING, TrialState.RUNNING)


class TrialUnderWay(Conflict):
    """Your office already tries a programme; wait until that is over, or cancel it."""

    indonesian = "Kantor Anda sedang menguji sebuah program; tunggu sampai selesai, atau batalkan dulu."


class TrialHasNotFailed(Conflict):
    """This trial has not failed; it is over, or still under way."""

    indonesian = "Uji coba ini tidak gagal; sudah selesai, atau masih berjalan."


class TrialNeverGotOn(Conflict):
    """It was begun several times and did not get on: a condition takes too long, or too much memory."""

    indonesian = "Sudah beberapa kali dimulai tetapi tidak maju: ada syarat yang terlalu lama atau terlalu berat."


class TrialOver(Conflict):
    """This trial is over already."""

    indonesian = "Uji coba ini sudah selesai."


class NothingToTry(Invalid):
    """Choose a file or a published programme."""

    indonesian = "Pilih berkas atau program yang sudah terbit."


class FileUnreadable(Invalid):
    """This file is no text (UTF-8), or it is larger than a programme can be."""

    indonesian = "Berkas ini bukan teks (UTF-8), atau lebih besar dari yang mungkin untuk sebuah program."


class RegionElsewhere(Forbidden):
    """This programme's region lies outside the area that you work in."""

    indonesian = "Wilayah program ini di luar wilayah kerja Anda."


def areas_in_common(region: Sequence[str], own: Sequence[str]) -> tuple[str, ...]:
    """The areas that lie both in a programme's region and in an officer's areas; raises RegionElsewhere."""
    if not region:
        return tuple(own)
    inner = {(one, other) for one in region for other in own if meet([one], [other])}
    if not inner:
        raise RegionElsewhere
    return tuple(sorted({max(pair, key=len) for pair in inner}))


def told(counts: Mapping[str, int], whole: int) -> dict[str, int | None]:
    """How many of `whole` persons each condition concerns; None where so few, or all but so few, can be named."""
    return {
        name: None if cells.suppressed(count) or cells.suppressed(whole - count) else count
        for name, count in counts.items()
    }
