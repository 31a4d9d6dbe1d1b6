"""What a key for a system may be: what it may allow, how long it holds, and what speaks against it."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.identity.permissions import Permission
from shared.kernel.errors import Conflict, Invalid

LONGEST = timedelta(days=365)
"""How far away the last day of a key may lie."""
MOST = 20
"""How many keys one officer may have that are good."""


class HoldsTooLong(Invalid):
    """A key holds a year at most: until {latest}."""

    indonesian = "Kunci berlaku paling lama satu tahun: sampai {latest}."


class HoldsNoDay(Invalid):
    """This day is over; choose a later one."""

    indonesian = "Hari ini sudah lewat; pilih hari sesudahnya."


class NothingAllowed(Invalid):
    """Choose what the system may do; a key that allows nothing opens nothing."""

    indonesian = "Pilih apa yang boleh dilakukan sistem itu; kunci tanpa hak tidak membuka apa pun."


class NotYoursToGive(Invalid):
    """You do not hold this right yourself, or no key may have it: {scopes}"""

    indonesian = "Anda sendiri tidak memegang hak ini, atau tidak ada kunci yang boleh memilikinya: {scopes}"


class SystemMissing(Invalid):
    """Say which system the key is for."""

    indonesian = "Sebutkan untuk sistem mana kunci ini."


class TooManyKeys(Conflict):
    """You have {most} keys already; revoke those that are not used."""

    indonesian = "Anda sudah mempunyai {most} kunci; cabutlah yang tidak dipakai."


class KeyMade(Conflict):
    """This key was made already, and was shown once. If it was not written down, revoke it and make another one."""

    indonesian = "Kunci ini sudah dibuat dan ditampilkan satu kali. Jika belum dicatat, cabut lalu buat yang lain."


class KeyOver(Conflict):
    """This key is over already."""

    indonesian = "Kunci ini sudah tidak berlaku."


def end_of(last_day: date, today: date, zone: ZoneInfo) -> datetime:
    """The moment at which a key is good no more, at the end of its last day; raises HoldsNoDay, HoldsTooLong."""
    if last_day < today:
        raise HoldsNoDay().at("expires_on")
    if last_day > today + LONGEST:
        raise HoldsTooLong(latest=(today + LONGEST).isoformat()).at("expires_on")
    return datetime.combine(last_day + timedelta(days=1), time.min, zone)


def checked_scopes(wanted: Collection[str], may_give: Collection[Permission]) -> list[str]:
    """What a key shall allow, in order and once each; raises NothingAllowed, NotYoursToGive."""
    if not wanted:
        raise NothingAllowed().at("scopes")
    if strange := sorted(set(wanted) - {each.value for each in may_give}):
        raise NotYoursToGive(scopes=", ".join(strange)).at("scopes")
    return sorted(set(wanted))
