"""What is believed of the second step: how its codes are read, and when it may no longer be put off."""

import hashlib
import re
import secrets
from base64 import b32encode
from datetime import timedelta

import pyotp

from shared.kernel.errors import Conflict, Forbidden, Invalid, Unauthenticated

STEP = 30
"""Seconds for which a code stands on the telephone."""
BESIDE = 1
"""Steps before and after the present one that are taken, for a clock that goes wrong."""
PUT_OFF = timedelta(days=14)
"""How long after the first sign-in it may be put off."""
RECOVERY_CODES = 10
RECOVERY_BYTES = 10
ISSUER = "Kail"


class CodeNeeded(Unauthenticated):
    """The code from your telephone is needed as well, or one of your recovery codes."""

    indonesian = "Diperlukan juga kode dari telepon Anda, atau salah satu kode pemulihan."


class CodeRefused(Unauthenticated):
    """This code is not right, or was used before; wait for the next one."""

    indonesian = "Kode ini tidak benar atau sudah dipakai; tunggu kode berikutnya."


class CodeWrong(Invalid):
    """This code is not right, or was used before; wait for the next one."""

    indonesian = "Kode ini tidak benar atau sudah dipakai; tunggu kode berikutnya."


class StepToSetUp(Forbidden):
    """Your role needs a second step at signing in; set it up on the sign-in page."""

    indonesian = "Peran Anda memerlukan langkah kedua saat masuk; pasanglah di halaman masuk."


class StepThere(Conflict):
    """The second step is set up already; an administrator can remove it, so that it is set up anew."""

    indonesian = "Langkah kedua sudah dipasang; administrator dapat mencabutnya agar dipasang ulang."


class NoStep(Conflict):
    """There is no second step to confirm or remove."""

    indonesian = "Tidak ada langkah kedua untuk dikonfirmasi atau dicabut."


def new_secret() -> str:
    """A secret that a telephone keeps."""
    return pyotp.random_base32()


def address_of(secret: str, username: str) -> str:
    """What the picture says to the telephone."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def step_of(secret: str, code: str, now: float, last: int) -> int | None:
    """The step whose code this is, later than the last one that was used; None when it is none."""
    typed, totp = re.sub(r"[^0-9]", "", code), pyotp.TOTP(secret)
    present = int(now) // STEP
    for step in range(present - BESIDE, present + BESIDE + 1):
        if step > last and secrets.compare_digest(totp.at(step * STEP), typed):
            return step
    return None


def recovery_codes() -> list[str]:
    """Codes for paper, each good once."""
    made = (b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode() for _ in range(RECOVERY_CODES))
    return ["-".join(each[at : at + 4] for at in range(0, len(each), 4)) for each in made]


def hash_of(code: str) -> bytes:
    """What is kept of a recovery code; 80 bits of chance need no slow hash."""
    return hashlib.sha256(re.sub(r"[^A-Z2-7]", "", code.upper()).encode()).digest()
