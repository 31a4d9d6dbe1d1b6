"""The deployment's keys: one file, made at the first start, that only its owner may read.

Field and seal keys carry an id that is stored with what they encrypt, so that a new key can be added while the old
one still opens what it closed. Keys for a service or an addressee are derived (HKDF), not stored. The protection
compartment has keys that are derived from no other: whoever holds the field key reads nothing of it.
"""

import fcntl
import json
import os
import secrets
import tempfile
from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from shared.kernel import home
from shared.kernel.settings import settings

KEY_BYTES = 32


class UnknownKey(LookupError):
    """Something was encrypted with a key that this deployment does not have."""


@dataclass(frozen=True)
class VersionedKey:
    """A kind of key of which one encrypts from now on and all can decrypt."""

    current: str
    keys: dict[str, bytes]

    def __getitem__(self, key_id: str) -> bytes:
        try:
            return self.keys[key_id]
        except KeyError:
            raise UnknownKey(f"no key {key_id!r} in this deployment's key file") from None


@dataclass(frozen=True)
class KeyRing:
    """Every secret of one deployment."""

    field: VersionedKey
    seal: VersionedKey
    protection: VersionedKey
    blind_index_key: bytes
    protection_index_key: bytes
    bus: bytes
    web_secret: bytes
    token_private: bytes
    token_public: bytes

    def bus_key(self, service: str) -> bytes:
        """The key with which a service signs what it sends over the broker."""
        return _derived(self.bus, f"bus:{service}")

    def seal_key(self, addressee: str, key_id: str | None = None) -> bytes:
        """The key that closes, and opens, what is meant for one addressee; the current one unless an id is given."""
        return _derived(self.seal[key_id or self.seal.current], f"seal:{addressee}")


@cache
def keyring() -> KeyRing:
    """This process's keys: the file that KAIL_KEYS names, or `<home>/keys.json`, which is made when it is missing.

    A file of the home that an earlier version made gets the keys that it lacks; one that KAIL_KEYS names is read only.
    """
    named = os.environ.get("KAIL_KEYS")
    path = Path(named) if named else settings().home / "keys.json"
    if not named and not path.exists():
        _make(path)
    if not named:
        complete(path)
    return read(path)


def read(path: Path) -> KeyRing:
    """Read a key file."""
    known = json.loads(path.read_text())
    private = str(known["token"]).encode()
    public = load_pem_private_key(private, password=None).public_key()
    return KeyRing(
        field=_versioned(known["field"]),
        seal=_versioned(known["seal"]),
        protection=_versioned(known["protection"]),
        blind_index_key=b64decode(known["blind_index"]),
        protection_index_key=b64decode(known["protection_index"]),
        bus=b64decode(known["bus"]),
        web_secret=b64decode(known["web"]),
        token_private=private,
        token_public=public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    )


def fresh() -> dict[str, Any]:
    """The content of a new key file."""
    token = Ed25519PrivateKey.generate()
    return {
        "field": {"current": "field-1", "keys": {"field-1": _random()}},
        "seal": {"current": "seal-1", "keys": {"seal-1": _random()}},
        "protection": {"current": "protection-1", "keys": {"protection-1": _random()}},
        "blind_index": _random(),
        "protection_index": _random(),
        "bus": _random(),
        "web": _random(),
        "token": token.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
    }


def complete(path: Path) -> bool:
    """Add the keys that a file made by an earlier version lacks; says whether any were added."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)  # of several processes one adds them, the others find them there
        known, made = json.loads(path.read_text()), fresh()
        lacking = made.keys() - known.keys()
        if lacking:
            name = _written(path.parent, known | {each: made[each] for each in lacking})
            Path(name).replace(path)  # whoever reads meanwhile finds the old file or the new one, whole
    finally:
        os.close(folder)
    return bool(lacking)


def _make(path: Path) -> None:
    home.make(path.parent)
    name = _written(path.parent, fresh())
    # The link fails when another process was first, and then that one's keys count.
    try:
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()


def _written(folder: Path, content: dict[str, Any]) -> str:
    handle, name = tempfile.mkstemp(dir=folder)  # which only its owner may read
    with os.fdopen(handle, "w") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(handle)
    return name


def _versioned(known: dict[str, Any]) -> VersionedKey:
    return VersionedKey(known["current"], {key_id: b64decode(key) for key_id, key in known["keys"].items()})


@cache
def _derived(secret: bytes, purpose: str) -> bytes:
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=f"kail:{purpose}".encode()).derive(secret)


def _random() -> str:
    return b64encode(secrets.token_bytes(KEY_BYTES)).decode()
