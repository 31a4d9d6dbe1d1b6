"""What is believed of accounts: their states, the one-time links that open them, and when rights are reviewed."""

import hashlib
import re
import secrets
from base64 import b32encode
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from shared.kernel.errors import Conflict, Forbidden, Invalid, NotFound


class State(StrEnum):
    """Where an account stands."""

    INVITED = "invited"  # opened for somebody who has not chosen a password yet
    ACTIVE = "active"  # its holder signs in
    SUSPENDED = "suspended"  # she does not for a while; her password stays
    CLOSED = "closed"  # she never does again; the account stays for what she did


class Purpose(StrEnum):
    """What a one-time link is for."""

    INVITATION = "invitation"  # the first password
    RESET = "reset"  # another one, where hers is lost


class What(StrEnum):
    """What befell an account."""

    OPENED = "opened"  # with a password that somebody else set
    INVITED = "invited"
    CHANGED = "changed"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    CLOSED = "closed"
    RESET = "reset"
    LINK_MADE = "link-made"
    LINK_USED = "link-used"
    CONFIRMED = "confirmed"  # her rights, at the yearly review
    PASSWORD_CHANGED = "password-changed"  # noqa: S105
    CONTACT_CHANGED = "contact-changed"
    STEP_ENROLLED = "second-step-enrolled"
    STEP_REMOVED = "second-step-removed"
    KEY_ISSUED = "key-issued"
    KEY_REVOKED = "key-revoked"  # by somebody, or with what ended her access
    CHANGE_ASKED = "change-asked"  # at the yearly review, by the head of her office
    LEAVE_NOTED = "leave-noted"
    LEAVE_ENDED = "leave-ended"
    APPOINTED = "appointed"  # to act for a post
    APPOINTMENT_ENDED = "appointment-ended"


class LeaveReason(StrEnum):
    """Why somebody is away, as far as colleagues may know; what concerns her health is written down nowhere."""

    ANNUAL = "annual"
    DUTY_TRAVEL = "duty-travel"
    TRAINING = "training"
    OTHER = "other"


LINK_HOLDS = timedelta(days=14)
"""How long a link lets its holder choose a password."""
REVIEWED_EVERY = timedelta(days=365)
"""After how long it is asked again whether an account's rights are right."""
MOST_AT_ONCE = 500
SECRET_BYTES = 15
GROUP = 4
MISREAD = str.maketrans("018", "OIB")
"""Digits that a code has none of, as the letters that they are read for."""
USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")


class UsernameInvalid(Invalid):
    """A user name has 2 to 60 letters a-z, digits, dots, hyphens or underscores: {username}"""

    indonesian = "Nama pengguna terdiri atas 2 sampai 60 huruf a-z, angka, titik, atau tanda hubung: {username}"


class PasswordsDiffer(Invalid):
    """The two passwords differ; type the same one twice."""

    indonesian = "Kedua kata sandi berbeda; ketik yang sama dua kali."


class NotFromHere(Conflict):
    """This cannot be done with an account that is {state}."""

    indonesian = "Ini tidak dapat dilakukan pada akun yang berstatus {state}."


class LastAdministrator(Conflict):
    """She is the last administrator; make somebody else one first."""

    indonesian = "Ia administrator terakhir; jadikan orang lain administrator lebih dahulu."


class OneselfRefused(Forbidden):
    """Nobody changes or reviews her own rights; ask another administrator."""

    indonesian = "Tidak seorang pun mengubah atau meninjau haknya sendiri; mintalah administrator lain."


class LinkUnknown(NotFound):
    """This link or code is not known; check that it was copied or typed whole."""

    indonesian = "Tautan atau kode ini tidak dikenal; periksa apakah sudah disalin atau diketik lengkap."


class LinkExpired(Conflict):
    """This link has expired; ask your administrator for a new one."""

    indonesian = "Tautan ini sudah kedaluwarsa; mintalah yang baru kepada administrator Anda."


class LinkUsed(Conflict):
    """This link has been used; sign in with the password that was chosen, or ask your administrator for a new one."""

    indonesian = (
        "Tautan ini sudah dipakai; masuklah dengan kata sandi yang dipilih, atau mintalah tautan baru kepada"
        " administrator Anda."
    )


class LinkRevoked(Conflict):
    """This link is no longer valid; a newer one was made, or the account was closed. Ask your administrator."""

    indonesian = (
        "Tautan ini tidak berlaku lagi: sudah ada yang lebih baru, atau akunnya ditutup. Tanyakan kepada administrator"
        " Anda."
    )


@dataclass(frozen=True)
class Secret:
    """What lets somebody choose a password once: kept by its hash only, shown once."""

    code: str

    @property
    def hash(self) -> bytes:
        """What is kept of it; 120 bits of chance need no slow hash."""
        return hashlib.sha256(plain_code(self.code).encode()).digest()


def new_secret() -> Secret:
    """A secret that is read aloud and typed in groups of four letters."""
    text = b32encode(secrets.token_bytes(SECRET_BYTES)).decode()
    return Secret("-".join(text[at : at + GROUP] for at in range(0, len(text), GROUP)))


def plain_code(typed: str) -> str:
    """A code as it was made, however it was typed."""
    return re.sub(r"[^A-Z0-9]", "", typed.upper()).translate(MISREAD)


def checked_username(username: str) -> str:
    """A user name as it is kept; raises UsernameInvalid."""
    kept = username.strip().lower()
    if not USERNAME.fullmatch(kept):
        raise UsernameInvalid(username=kept)
    return kept


def review_due(reviewed_on: date) -> date:
    """When an account's rights are to be looked at again."""
    return reviewed_on + REVIEWED_EVERY


def hold_to(state: State, *allowed: State) -> None:
    """Raise NotFromHere for an account in another state."""
    if state not in allowed:
        raise NotFromHere(state=state.value)
