"""Encrypted columns, and the keyed index by which an encrypted value can still be found.

A stored value is: the length of the key's id, the id, a nonce, and the AES-GCM ciphertext. The id is authenticated
with it.
"""

import hmac
import os
import unicodedata
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from shared.privacy.keys import VersionedKey, keyring

NONCE_BYTES = 12


class Purpose(StrEnum):
    """For which things a key is kept: no key opens what another one closed."""

    FIELD = "field"  # personal data in ordinary tables
    PROTECTION = "protection"  # the protection compartment


class EmptyValue(ValueError):
    """An empty value has no index: it would match every other empty one."""


class TooLong(ValueError):
    """A value does not fit into the length that all of its kind have."""


def encrypt(text: str, purpose: Purpose = Purpose.FIELD) -> bytes:
    """Encrypt a text with the deployment's current key for this purpose."""
    key_id = _keys(purpose).current
    header = bytes([len(key_id)]) + key_id.encode()
    nonce = os.urandom(NONCE_BYTES)
    return header + nonce + _cipher(key_id, purpose).encrypt(nonce, text.encode(), header)


def decrypt(stored: bytes, purpose: Purpose = Purpose.FIELD) -> str:
    """Decrypt what `encrypt` made for the same purpose; raises UnknownKey, or InvalidTag when it was changed."""
    end = 1 + stored[0]
    header, nonce, hidden = stored[:end], stored[end : end + NONCE_BYTES], stored[end + NONCE_BYTES :]
    return _cipher(header[1:].decode(), purpose).decrypt(nonce, hidden, header).decode()


def blind_index(text: str, purpose: str) -> bytes:
    """A keyed fingerprint of a value, the same however it is spaced or capitalised; raises EmptyValue.

    The purpose keeps fingerprints of different columns apart, so that they cannot be joined.
    """
    normalised = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    if not normalised:
        raise EmptyValue(purpose)
    return hmac.digest(keyring().blind_index_key, f"{purpose}\0{normalised}".encode(), "sha256")


def protected_index(text: str) -> bytes:
    """By which the protection compartment finds a woman again; nobody outside can compute it, nor join by it."""
    return hmac.digest(keyring().protection_index_key, text.encode(), "sha256")


def _keys(purpose: Purpose) -> VersionedKey:
    return keyring().protection if purpose is Purpose.PROTECTION else keyring().field


@cache
def _cipher(key_id: str, purpose: Purpose = Purpose.FIELD) -> AESGCM:
    return AESGCM(_keys(purpose)[key_id])


class EncryptedText(TypeDecorator[str]):
    """A text column that the database only sees encrypted."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: Purpose = Purpose.FIELD) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Encrypt on the way in."""
        return None if value is None else encrypt(value, self.purpose)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Decrypt on the way out."""
        return None if value is None else decrypt(value, self.purpose)


class EncryptedJSON(TypeDecorator[dict[str, Any]]):
    """A column of JSON that the database only sees encrypted; assign a new dict to change it.

    With a `size` in bytes everything is filled up to it, so that the length tells nothing either.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: Purpose = Purpose.FIELD, size: int = 0) -> None:
        super().__init__()
        self.purpose = purpose
        self.size = size

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> bytes | None:
        """Encrypt on the way in; raises TooLong where the length would tell."""
        if value is None:
            return None
        said = orjson.dumps(value)
        if self.size and len(said) > self.size:
            raise TooLong(len(said))
        return encrypt(said.ljust(self.size).decode(), self.purpose)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> dict[str, Any] | None:
        """Decrypt on the way out."""
        return None if value is None else orjson.loads(decrypt(value, self.purpose))


class EncryptedTime(TypeDecorator[datetime]):
    """A moment that the database only sees encrypted, so that nobody joins it to another; all are equally long."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: Purpose = Purpose.FIELD) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> bytes | None:
        """Encrypt on the way in, in UTC and to the microsecond."""
        if value is None:
            return None
        return encrypt(value.astimezone(UTC).isoformat(timespec="microseconds"), self.purpose)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> datetime | None:
        """Decrypt on the way out."""
        return None if value is None else datetime.fromisoformat(decrypt(value, self.purpose))
