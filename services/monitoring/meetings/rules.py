"""What a meeting is: why something stands on its agenda, who must be there, and what becomes of a decision."""

from collections.abc import Collection, Iterable
from datetime import date
from enum import StrEnum

from shared.identity.areas import covers, meet
from shared.identity.offices import Office
from shared.kernel import calendar
from shared.kernel.calendar import Days
from shared.kernel.errors import Conflict, Invalid

NEARLY_USED = 90
"""Percent of a fund's ceiling that is bound or spent when it comes on the agenda. Source: assumption."""
MOST_OF_A_REASON = 100
"""How many journeys come on an agenda for one reason, the longest waiting first; whatever waits for the meeting itself
is never left out. Source: assumption, a meeting gets through no more."""
FEWEST_AGENCIES = 2
"""A meeting across agencies has at least two of them. Source: dp3a-kukar.txt (DP3A meets the other offices)."""


def due_anew(chosen_on: date, counted_from: date, working_days: int, days: Days) -> date:
    """The day of a task when its area's calendar has changed: as many working days as the meeting gave, and no earlier
    than the day that it chose."""
    if working_days < 1:
        return chosen_on
    return max(chosen_on, calendar.add_working_days(counted_from, working_days, days))


class Reason(StrEnum):
    """Why something stands on an agenda, in the order in which it is discussed."""

    WAITING = "waiting"  # its stage waits for the meeting
    ASKED = "asked"  # a coordinator wants it discussed
    OVERDUE = "overdue"  # an office is past its due date
    UNANSWERED = "unanswered"  # an office never answered, and nobody has decided since
    STUCK = "stuck"  # it came back otherwise, or lacks consent
    STALLED = "stalled"  # at the last visit the business did not run
    FUND = "fund"  # a fund is nearly used


class TaskState(StrEnum):
    """What has become of a decision."""

    DECIDED = "decided"  # written down while the meeting is still under way
    OPEN = "open"  # given to an office
    ACCEPTED = "accepted"  # somebody there does it
    DONE = "done"  # done, with a note
    RETURNED = "returned"  # given back with a reason: the office that convened the meeting finds another way
    ENDED = "ended"  # struck afterwards, or over with the journey that it was about


OVER = frozenset({TaskState.DONE, TaskState.ENDED})
"""Nobody owes it any more."""


class MeetingAhead(Conflict):
    """The meeting is on {day}: what is decided there is written down from that day on."""

    indonesian = "Rapat baru diadakan pada {day}: hasilnya dicatat mulai hari itu."


class MeetingClosed(Conflict):
    """This meeting has been held or cancelled already; write new decisions down at the next one."""

    indonesian = "Rapat ini sudah diadakan atau dibatalkan; catat keputusan baru pada rapat berikutnya."


class OnAgendaAlready(Conflict):
    """This journey is to be discussed at the next meeting already."""

    indonesian = "Perjalanan ini sudah akan dibahas pada rapat berikutnya."


class OneAgencyOnly(Invalid):
    """At least two agencies meet: note how many people came from each office."""

    indonesian = "Rapat dihadiri paling sedikit dua instansi: isi jumlah peserta setiap kantor."


class OfficeNotConcerned(Invalid):
    """No office of the meeting's area has the identifier {office}; choose one of the list."""

    indonesian = "Tidak ada kantor di wilayah rapat dengan tanda {office}; pilih dari daftar."


class ProgrammeUnknown(Invalid):
    """There is no programme {programme}; choose one of the list."""

    indonesian = "Tidak ada program {programme}; pilih dari daftar."


class NotOnAgenda(Invalid):
    """This does not stand on the meeting's agenda; choose one of its items."""

    indonesian = "Butir ini tidak ada dalam agenda rapat; pilih salah satu butirnya."


class DueBeforeMeeting(Invalid):
    """A task is due on the day of the meeting, {meets_on}, at the earliest."""

    indonesian = "Batas waktu tugas paling awal pada hari rapat, {meets_on}."


class NotDiscussedThere(Invalid):
    """Choose a meeting of your office that was held for this area and programme since the stage was offered."""

    indonesian = "Pilih rapat kantor Anda untuk wilayah dan program ini yang diadakan sejak tahap ini ditawarkan."


class JourneyHasEnded(Invalid):
    """This journey has ended meanwhile; write the decision down without it if somebody shall still do something."""

    indonesian = "Perjalanan ini sudah berakhir; catat keputusan tanpa butir ini jika masih ada yang harus dilakukan."


class DueBeforeToday(Invalid):
    """Choose a day from today on."""

    indonesian = "Pilih hari ini atau sesudahnya."


class TaskIsOver(Conflict):
    """This task is over: it is done, was struck, or the journey that it was about has ended."""

    indonesian = "Tugas ini sudah selesai, dicoret, atau perjalanan yang dibahasnya sudah berakhir."


class TaskWithAnother(Conflict):
    """{state}: somebody was quicker, or the task is done."""

    indonesian = "{state}: petugas lain lebih dulu, atau tugas ini sudah selesai."


def require_open(*, held: bool, cancelled: bool) -> None:
    """Refuse a change to a meeting that is over; raises MeetingClosed."""
    if held or cancelled:
        raise MeetingClosed


def require_begun(meets_on: date, today: date) -> None:
    """Refuse to write down what comes of a meeting before its day; raises MeetingAhead."""
    if today < meets_on:
        raise MeetingAhead(day=meets_on.isoformat())


def concerned(offices: Iterable[Office], area: str) -> dict[str, Office]:
    """The offices that a meeting for an area can give tasks to: those around it, and those within it."""
    return {each.id: each for each in offices if meet([each.region], [area])}


def require_agencies(present: Iterable[Office], convener: str) -> None:
    """Refuse a meeting to which only one agency came, the convening one counted in; raises OneAgencyOnly."""
    if len({convener, *(each.agency for each in present)}) < FEWEST_AGENCIES:
        raise OneAgencyOnly().at("attendance")


def is_nearly_used(ceiling: int, free: int) -> bool:
    """Whether so much of a fund is bound or spent that the meeting should know."""
    return ceiling > 0 and (ceiling - free) * 100 >= ceiling * NEARLY_USED


def takes_in(area: str, programmes: Collection[str], *, journey_area: str, programme: str) -> bool:
    """Whether a meeting for this area and these programmes (all when none is named) is about such a journey."""
    return covers(area, journey_area) and (not programmes or programme in programmes)
