"""What a calendar file must say before anybody's dates are counted by it."""

from collections.abc import Collection
from datetime import date

from shared.events.intake import DayKind
from shared.kernel.errors import Conflict, Invalid

MOST_DAYS = 60
"""Of one decree: the whole year's joint decree has fewer than thirty. Source: assumption."""
YEARS_BACK, YEARS_AHEAD = 1, 3


class NoCalendar(Invalid):
    """This is no calendar: it says `region`, `source` (number, date, issuer) and `days`, as in the example."""

    indonesian = "Ini bukan kalender: isinya `region`, `source` (number, date, issuer) dan `days`, seperti pada contoh."


class CalendarUnreadable(Invalid):
    """Line {line}: {what} {remedy}"""

    indonesian = "Baris {line}: {what} {remedy}"


class DayTwice(Invalid):
    """The day {day} stands there twice; keep one of them."""

    indonesian = "Tanggal {day} tercantum dua kali; sisakan satu."


class DayOutOfRange(Invalid):
    """The day {day} is too far away: a calendar reaches from {first} to {last}."""

    indonesian = "Tanggal {day} terlalu jauh: kalender memuat {first} sampai {last}."


class NotAWeekday(Invalid):
    """The day {day} is a Saturday or Sunday, on which offices do not open by a decree."""

    indonesian = "Tanggal {day} adalah Sabtu atau Minggu; kantor tidak dibuka dengan keputusan ini."


class DecreedInTheFuture(Invalid):
    """A decree of {day} has not been signed yet."""

    indonesian = "Keputusan tertanggal {day} belum ditandatangani."


class DecreeKnown(Conflict):
    """The decree {number} is in the calendar of this region already; take it out first to put another in its place."""

    indonesian = "Keputusan {number} sudah ada di kalender wilayah ini; hapus dahulu untuk menggantinya."


class DecreeRemoved(Conflict):
    """This decree was taken out of the calendar already."""

    indonesian = "Keputusan ini sudah dikeluarkan dari kalender."


def require_days(days: Collection[tuple[date, DayKind]], decreed_on: date, today: date) -> None:
    """Hold a decree to days that can be; raises DecreedInTheFuture, DayTwice, DayOutOfRange, NotAWeekday."""
    if decreed_on > today:
        raise DecreedInTheFuture(day=decreed_on.isoformat()).at("source.date")
    first, last = date(today.year - YEARS_BACK, 1, 1), date(today.year + YEARS_AHEAD, 12, 31)
    seen: set[date] = set()
    for place, (day, kind) in enumerate(days):
        at = f"days.{place}.day"
        if day in seen:
            raise DayTwice(day=day.isoformat()).at(at)
        if not first <= day <= last:
            raise DayOutOfRange(day=day.isoformat(), first=first.isoformat(), last=last.isoformat()).at(at)
        if kind is DayKind.WORKING and day.weekday() > 4:
            raise NotAWeekday(day=day.isoformat()).at(at)
        seen.add(day)
