"""What intake believes about the first administrator: by which code she begins, and for how long."""

import hashlib
import secrets
from datetime import timedelta

from shared.kernel.errors import Conflict, Invalid

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without those that are easily taken for another."""
GROUPS, GROUP = 5, 5
"""Thirty-one letters at twenty-five places: 123 bits, which nobody guesses."""
LASTS = timedelta(hours=24)
"""Real time: the code is a secret, and no demonstration's clock makes it older."""


class CodeRefused(Invalid):
    """This code was not printed last, or was used, or is more than a day old; `kail welcome` prints another one."""

    indonesian = (
        "Kode ini bukan yang terakhir dicetak, sudah dipakai, atau lewat sehari; cetak lagi dengan `kail welcome`."
    )


class AdministratorThere(Conflict):
    """There is an administrator already: she opens all further accounts."""

    indonesian = "Administrator sudah ada: ia yang membuka akun-akun berikutnya."


class OfficeOrNew(Invalid):
    """Choose an office that is there, or give the new one's name, identifier, agency role and area."""

    indonesian = "Pilih kantor yang sudah ada, atau isi nama, tanda, peran instansi, dan wilayah kantor baru."


def new_code() -> str:
    """A code as it is printed: ABCDE-FGHJK-…"""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))


def digest_of(code: str) -> bytes:
    """What is kept of a code, however its groups and letters are written."""
    return hashlib.sha256("".join(code.upper().replace("-", " ").split()).encode()).digest()
