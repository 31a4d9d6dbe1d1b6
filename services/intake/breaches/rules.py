"""What intake believes about a failure of protection (kegagalan pelindungan data pribadi, UU 27/2022 art. 46).

The notice says which data, when and how, and what is done about it; it goes in writing to the persons and to the
authority, within hours of the clock. What the protection compartment holds is no kind of data here: a notice that named
it would tell who is in it, so DP3A tells those women itself.
"""

from datetime import datetime
from enum import StrEnum

from shared.kernel.errors import Conflict, Invalid


class DataKind(StrEnum):
    """Which data it was."""

    IDENTITY = "identity"  # name, NIK, birth date
    FAMILY = "family"  # family card and household
    CONTACT = "contact"  # phone and address
    LISTS = "lists"  # DTKS, P3KE, PKH, BPNT
    JOURNEY = "journey"  # programmes and stages
    AID = "aid"  # what she received
    BUSINESS = "business"  # her business, its products and books


class Cause(StrEnum):
    """How it came about."""

    LOST = "lost"
    STOLEN = "stolen"
    WRONG_RECIPIENT = "wrong-recipient"
    UNAUTHORISED = "unauthorised"  # somebody looked who may not
    PUBLISHED = "published"
    BROKEN_INTO = "broken-into"
    DESTROYED = "destroyed"  # gone, or changed for good


class Measure(StrEnum):
    """What is done about it."""

    ACCESS_CLOSED = "access-closed"
    PASSWORDS_CHANGED = "passwords-changed"
    BROUGHT_BACK = "brought-back"
    DELETED_THERE = "deleted-there"  # whoever had received it has confirmed that it is gone
    RESTORED = "restored"
    REPORTED = "reported"  # to the police


class Scope(StrEnum):
    """By what those concerned are found."""

    PERSONS = "persons"
    PROGRAMME = "programme"
    AREA = "area"


class Way(StrEnum):
    """How somebody was told."""

    LETTER = "letter"
    PHONE = "phone"
    MESSAGE = "message"
    VISIT = "visit"
    AT_OFFICE = "at-office"
    TRUSTED_PERSON = "trusted-person"


class FoundAhead(Invalid):
    """A failure cannot have been found after now."""

    indonesian = "Kegagalan tidak mungkin diketahui setelah sekarang."


class OutOfOrder(Invalid):
    """It happened before it was found, and began before it ended; check these moments."""

    indonesian = "Kejadian harus sebelum diketahui, dan mulai sebelum berakhir; periksa waktunya."


class ScopeMissing(Invalid):
    """Say who is concerned: by NIK, by programme or by kecamatan."""

    indonesian = "Isi siapa yang terdampak: menurut NIK, program, atau kecamatan."


class NotKecamatan(Invalid):
    """This is no kecamatan; give its code."""

    indonesian = "Ini bukan kecamatan; isi kodenya."


class NikUnknown(Invalid):
    """The NIK in line {line} belongs to nobody in your areas, or cannot be read."""

    indonesian = "NIK pada baris {line} tidak dimiliki siapa pun di wilayah Anda, atau tidak terbaca."


class NobodyConcerned(Invalid):
    """Nobody in your areas is concerned by this; check it."""

    indonesian = "Tidak ada orang di wilayah Anda yang terdampak; periksa kembali."


class AuthorityToldAlready(Conflict):
    """That the authority was told is noted already."""

    indonesian = "Pemberitahuan kepada lembaga sudah dicatat."


class ToldOutOfOrder(Invalid):
    """Nobody was told before it was found, or after now."""

    indonesian = "Pemberitahuan tidak mungkin sebelum kegagalan diketahui, atau setelah sekarang."


def check_moments(
    happened_from: datetime | None, happened_until: datetime | None, found_at: datetime, now: datetime
) -> None:
    """Refuse moments that cannot be; raises FoundAhead, OutOfOrder."""
    if found_at > now:
        raise FoundAhead().at("found_at")
    if happened_from is not None and happened_from > found_at:
        raise OutOfOrder().at("happened_from")
    if happened_until is not None and (happened_until < (happened_from or happened_until) or happened_until > found_at):
        raise OutOfOrder().at("happened_until")


def check_told(told_at: datetime, found_at: datetime, now: datetime) -> None:
    """Refuse a notice before the finding or ahead; raises ToldOutOfOrder."""
    if not found_at <= told_at <= now:
        raise ToldOutOfOrder().at("told_at")
