"""Passwords: what is kept of them, and which of them are taken."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from shared.kernel.errors import Invalid

SHORTEST = 12
HASHER = PasswordHasher()


class PasswordTooShort(Invalid):
    """A password needs at least {length} characters."""

    indonesian = "Kata sandi paling sedikit {length} karakter."


def check(password: str) -> None:
    """Refuse a password that is no good; raises PasswordTooShort."""
    if len(password) < SHORTEST:
        raise PasswordTooShort(length=SHORTEST)


def hashed(password: str) -> str:
    """What is kept of a password."""
    return HASHER.hash(password)


@cache
def hash_of_nobody() -> str:
    """A hash that costs as much to look at as anybody's."""
    return HASHER.hash("nobody has this password")


def matches(kept: str, password: str) -> bool:
    """Whether it is the password of which this is kept."""
    try:
        return HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether it was hashed with less care than today's."""
    return HASHER.check_needs_rehash(kept)
