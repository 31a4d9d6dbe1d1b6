"""What a coordinator may ask of an office, and by when it answers."""

from datetime import datetime
from enum import StrEnum

from shared.kernel import calendar
from shared.kernel.calendar import Days
from shared.kernel.errors import Conflict, Invalid

EXPLAIN_WITHIN = 3
"""Working days in which an office says why something does not move. Source: assumption."""
LONGEST = 1_000
"""Characters of what a coordinator says, and of an office's answer."""
CONFIDENTIAL = "intake.protection"


class Wants(StrEnum):
    """What is asked of an office."""

    ATTENTION = "attention"  # a nudge: see to it
    EXPLANATION = "explanation"  # a sentence that says why it does not move


class NothingWaits(Invalid):
    """Nothing of this journey waits for an office under this number; choose one of the stages that are open."""

    indonesian = "Tidak ada tahap perjalanan ini yang menunggu dengan nomor itu; pilih dari tahap yang masih berjalan."


class NudgedToday(Conflict):
    """The office was nudged about this today already; ask it for an explanation, or come again tomorrow."""

    indonesian = "Kantor ini sudah diingatkan hari ini; mintalah penjelasan, atau ingatkan lagi besok."


class AskedAlready(Conflict):
    """The office still owes an explanation about this."""

    indonesian = "Penjelasan tentang hal ini sudah diminta dan belum dijawab."


class AnsweredAlready(Conflict):
    """This has been answered already."""

    indonesian = "Permintaan ini sudah dijawab."


class FlaggedAlready(Conflict):
    """This journey is flagged already."""

    indonesian = "Perjalanan ini sudah ditandai."


class NotFlagged(Conflict):
    """This journey is not flagged."""

    indonesian = "Perjalanan ini tidak ditandai."


class JourneyIsOver(Conflict):
    """This journey has ended; nobody can be asked about it any more."""

    indonesian = "Perjalanan ini sudah berakhir; tidak ada lagi yang dapat ditanya."


def explain_by(asked_at: datetime, days: Days) -> datetime:
    """Until when an office explains what it was asked at this moment, in working days of the journey's area."""
    return calendar.deadline(asked_at, EXPLAIN_WITHIN, days)
