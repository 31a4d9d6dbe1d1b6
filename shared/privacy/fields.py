"""Encrypted columns, and the keyed index by which an encrypted value can still be found.

A stored value is: the length of the key's id, the id, a nonce, and the AES-GCM ciphertext. The id is authenticated
with it.
"""

import hmac
import os
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from shared.privacy.keys import Kind, keyring

NONCE_BYTES = 12


class Purpose(StrEnum):
    """For which things a key is kept: no key opens what another one closed."""

    FIELD = "field"  # personal data in ordinary tables
    PROTECTION = "protection"  # the protection compartment

    @property
    def kind(self) -> Kind:
        """The kind of key that closes it."""
        return Kind(self.value)


class EmptyValue(ValueError):
    """An empty value has no index: it would match every other empty one."""


class TooLong(ValueError):
    """A value does not fit into the length that all of its kind have."""


def encrypt(text: str, purpose: Purpose = Purpose.FIELD) -> bytes:
    """Encrypt a text with the deployment's current key for this purpose."""
    known = keyring().of(purpose.kind)
    header, nonce = header_of(known.current), os.urandom(NONCE_BYTES)
    return header + nonce + _cipher(known[known.current]).encrypt(nonce, text.encode(), header)


def decrypt(stored: bytes, purpose: Purpose = Purpose.FIELD) -> str:
    """Decrypt what `encrypt` made for the same purpose; raises UnknownKey, or InvalidTag when it was changed."""
    end = 1 + stored[0]
    header, nonce, hidden = stored[:end], stored[end : end + NONCE_BYTES], stored[end + NONCE_BYTES :]
    key_id = header[1:].decode(errors="replace")
    key = keyring.knowing(purpose.kind, key_id).of(purpose.kind)[key_id]
    return _cipher(key).decrypt(nonce, hidden, header).decode()


def header_of(key_id: str) -> bytes:
    """How every value begins that this key closed."""
    return bytes([len(key_id)]) + key_id.encode()


def blind_index(text: str, purpose: str) -> bytes:
    """A keyed fingerprint of a value, the same however it is spaced or capitalised; raises EmptyValue.

    The purpose keeps fingerprints of different columns apart, so that they cannot be joined. It is what is written;
    whoever looks for a value asks for any of `blind_indexes`.
    """
    return blind_indexes(text, purpose)[0]


def blind_indexes(text: str, purpose: str) -> list[bytes]:
    """The fingerprints under which a value may stand: the current key's first, then those of the keys before."""
    normalised = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    if not normalised:
        raise EmptyValue(purpose)
    return _fingerprints(Kind.BLIND_INDEX, f"{purpose}\0{normalised}".encode())


def protected_index(text: str) -> bytes:
    """By which the protection compartment finds a woman again; nobody outside can compute it, nor join by it."""
    return protected_indexes(text)[0]


def protected_indexes(text: str) -> list[bytes]:
    """The fingerprints under which the compartment may know her: the current key's first."""
    return _fingerprints(Kind.PROTECTION_INDEX, text.encode())


def mark_of(kind: Kind, key_id: str) -> bytes:
    """How every fingerprint begins that this key made; those of the first key have no mark."""
    return b"" if key_id == f"{kind}-1" else header_of(key_id)


def _fingerprints(kind: Kind, content: bytes) -> list[bytes]:
    known = keyring().of(kind)
    return [
        mark_of(kind, key_id) + hmac.digest(known[key_id], content, "sha256")
        for key_id in (known.current, *known.previous)
    ]


@cache
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


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


class EncryptedTime(EncryptedText):
    """A moment that the database only sees encrypted, so that nobody joins it to another; all are equally long."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Encrypt on the way in, in UTC and to the microsecond."""
        said = None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")
        return super().process_bind_param(said, dialect)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        """Decrypt on the way out."""
        said = super().process_result_value(value, dialect)
        return None if said is None else datetime.fromisoformat(said)


class KeptClosed(TypeDecorator[bytes]):
    """What `encrypt` made, kept as it is for good: a chain of hashes covers it, so that no other key can close it."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: Purpose = Purpose.FIELD) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """It is closed already."""
        return value


class BlindIndex(TypeDecorator[bytes]):
    """The fingerprint of another column's value, by which its row is found without opening anything.

    `of` names that column, or a key in its JSON (`content.person_id`); None where the value itself is not kept, so that
    a new key's fingerprint can be made only when it is told again. `within` is SQL that says what is put into the
    purpose; `needed` is SQL that says which rows are found by it at all.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(
        self,
        of: str | None,
        purpose: str = "",
        *,
        plain: Callable[[str], str] = str,
        kind: Kind = Kind.BLIND_INDEX,
        within: str | None = None,
        needed: str | None = None,
    ) -> None:
        super().__init__()
        self.of, self.purpose, self.plain = of, purpose, plain
        self.kind, self.within, self.needed = kind, within, needed

    @property
    def opens(self) -> Purpose:
        """With which key the other column is closed."""
        return Purpose.PROTECTION if self.kind is Kind.PROTECTION_INDEX else Purpose.FIELD

    def fingerprint(self, value: str, within: str | None = None) -> bytes:
        """The fingerprint of a value under the current key."""
        if self.kind is Kind.PROTECTION_INDEX:
            return protected_index(value)
        return blind_index(self.plain(value), self.purpose.format(within))

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Whoever writes it has made it."""
        return value
