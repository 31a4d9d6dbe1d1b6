"""What intake believes about offices: who changes them, and when one may be closed."""

from collections.abc import Mapping
from enum import StrEnum

from shared.identity.offices import Office
from shared.kernel.errors import Conflict, Invalid


class Change(StrEnum):
    """What was done to an office."""

    ADDED = "added"
    CHANGED = "changed"
    CLOSED = "closed"
    HANDED_OVER = "handed-over"


class OfficeKnown(Invalid):
    """There is an office with the identifier {office} already; it is never given twice."""

    indonesian = "Tanda {office} sudah dipakai kantor lain; satu tanda tidak pernah dipakai dua kali."


class RoleHeld(Invalid):
    """{office} holds {agency} for the area {area} already; close it first, or choose another area."""

    indonesian = "{office} sudah memegang {agency} untuk wilayah {area}; tutup dahulu, atau pilih wilayah lain."


class OfficeClosed(Conflict):
    """{office} is closed; what it did stays as it is."""

    indonesian = "{office} sudah ditutup; yang pernah dikerjakannya tidak berubah."


class SuccessorNeeded(Invalid):
    """{office} has officers, or has had work: say which office takes over all that it holds."""

    indonesian = "{office} memiliki petugas, atau pernah bekerja: pilih kantor yang mengambil alih semuanya."


class NotASuccessor(Invalid):
    """{successor} cannot take over from {office}: it has to be another open office with the same agency role."""

    indonesian = "{successor} tidak dapat mengambil alih dari {office}: harus kantor lain yang buka dan berperan sama."


def require_free(known: Mapping[str, Office], office: str, agency: str, area: str) -> None:
    """Refuse a role in an area that another open office holds; raises RoleHeld."""
    for each in known.values():
        if each.is_open and each.id != office and (each.agency, each.region) == (agency, area):
            raise RoleHeld(office=each.name, agency=agency, area=area).at("region")


def require_successor(known: Mapping[str, Office], office: str, agency: str | None, successor: str) -> Office:
    """The office that takes over; raises NotASuccessor unless it is another open one of the same agency role."""
    after = known.get(successor)
    if after is None or not after.is_open or after.id == office or agency not in (None, after.agency):
        raise NotASuccessor(successor=successor, office=office).at("successor")
    return after
