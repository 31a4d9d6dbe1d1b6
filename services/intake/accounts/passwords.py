"""Passwords: what is kept of them, and which of them are taken.

A password is long and is none that is tried first; it never expires by itself. Long ones are safe against guessing
only if they are not a common word with digits behind it, so that is what the rule looks for.
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from shared.kernel.errors import Invalid

SHORTEST = 12
LONGEST = 200
HASHER = PasswordHasher()
COMMON = Path(__file__).with_name("common_passwords.txt")
FEWEST_LETTERS = 5
"""Different characters that a password must have."""
LEFT_OVER = 2
"""Characters beside runs along the keyboard that do not make a password better."""
SHORTEST_RUN = 3
SHORTEST_NAME = 4
ROWS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qazwsxedcrfvtgbyhnujm")
LOOKS_LIKE = str.maketrans("013457@$!", "oieastasi")


class PasswordTooShort(Invalid):
    """A password needs at least {length} characters."""

    indonesian = "Kata sandi paling sedikit {length} karakter."


class PasswordTooLong(Invalid):
    """A password has at most {length} characters."""

    indonesian = "Kata sandi paling banyak {length} karakter."


class PasswordTooCommon(Invalid):
    """This password is one of those that are tried first; put together several words that nobody else would."""

    indonesian = "Kata sandi ini termasuk yang paling dulu ditebak orang; gabungkan beberapa kata pilihan Anda sendiri."


class PasswordNamesHer(Invalid):
    """A password must not hold her user name or a part of her own name."""

    indonesian = "Kata sandi tidak boleh memuat nama pengguna atau nama sendiri."


def check(password: str, *, names: Iterable[str] = ()) -> None:
    """Refuse a password that is no good for somebody of these names.

    Raises PasswordTooShort, PasswordTooLong, PasswordTooCommon, PasswordNamesHer.
    """
    if len(password) < SHORTEST:
        raise PasswordTooShort(length=SHORTEST)
    if len(password) > LONGEST:
        raise PasswordTooLong(length=LONGEST)
    plain = password.casefold()
    if any(part in plain for part in _parts(names)):
        raise PasswordNamesHer
    if _is_common(plain):
        raise PasswordTooCommon


def hashed(password: str) -> str:
    """What is kept of a password."""
    return HASHER.hash(password)


@cache
def hash_of_nobody() -> str:
    """A hash that costs as much to look at as anybody's."""
    return HASHER.hash("nobody has this password")


def matches(kept: str | None, password: str) -> bool:
    """Whether it is the password of which this is kept; where nothing is kept, it takes as long and is not."""
    try:
        return HASHER.verify(kept or hash_of_nobody(), password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether it was hashed with less care than today's."""
    return HASHER.check_needs_rehash(kept)


@cache
def common() -> frozenset[str]:
    """The passwords and words that are tried first."""
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _parts(names: Iterable[str]) -> set[str]:
    found = {part for name in names for part in (name.casefold(), *re.split(r"\W+", name.casefold()))}
    return {part for part in found if len(part) >= SHORTEST_NAME}


def _is_common(plain: str) -> bool:
    if len(set(plain)) < FEWEST_LETTERS or plain in common() or _repeated(plain) != plain:
        return True
    words = {re.sub(r"[^a-z]", "", each) for each in (plain, plain.translate(LOOKS_LIKE), _trimmed(plain))}
    return any(_repeated(word) in common() for word in words) or len(_beside_runs(plain)) <= LEFT_OVER


def _repeated(text: str) -> str:
    """The part that a text repeats to its end; itself where it repeats none."""
    return text[: (text + text).find(text, 1)] if text else text


def _trimmed(plain: str) -> str:
    """Without what is not a letter in front and behind, and what looks like a letter read as one."""
    return re.sub(r"^[^a-z]+|[^a-z]+$", "", plain).translate(LOOKS_LIKE)


def _beside_runs(plain: str) -> str:
    """What is left when runs along the keyboard, the alphabet and the digits, in either direction, are taken out."""
    lines = (*ROWS, *(row[::-1] for row in ROWS))
    left, place = "", 0
    while place < len(plain):
        end = max(_end_of_run(plain, place, line) for line in lines)
        if end - place < SHORTEST_RUN:
            left, end = left + plain[place], place + 1
        place = end
    return left


def _end_of_run(plain: str, place: int, line: str) -> int:
    at, end = line.find(plain[place]), place
    while at >= 0 and end < len(plain) and at < len(line) and plain[end] == line[at]:
        at, end = at + 1, end + 1
    return end
