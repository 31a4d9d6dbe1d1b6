"""The deployment's keys: which kinds there are, what a part of Kail holds of them, and how the file is read.

A machine that runs everything has one file with the whole of each key, made at the first start. Where each part runs
apart, it has a file of its own (`shared.privacy.parts` cuts them) with what its work needs: its own half of a pair, the
public half of the others'. Whatever is asked of a ring that it does not hold is refused by name.

Every kind carries ids: one key is current, the others still open what they closed. Keys for a service or an addressee
are derived (HKDF), not stored. The protection compartment has keys that are derived from no other: whoever holds the
field key reads nothing of it.
"""

import json
import os
import secrets
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from shared.kernel.settings import settings
from shared.privacy import keyfile

KEY_BYTES = 32
LOOK_EVERY = 1.0
"""Seconds for which a process trusts the file that it read last: a new key is used by all within this time."""


class Kind(StrEnum):
    """What a key is for: no key of one kind does another's work."""

    FIELD = "field"  # closes personal data in ordinary tables
    PROTECTION = "protection"  # closes what the protection compartment says
    BLIND_INDEX = "blind_index"  # finds an encrypted value again
    PROTECTION_INDEX = "protection_index"  # finds a woman again within the compartment
    SEAL = "seal"  # closes the parts of an event that one addressee alone may read
    BUS = "bus"  # signs what a service sends over the broker
    WEB = "web"  # signs the pages' cookie and forms
    TOKEN = "token"  # signs an officer's token  # noqa: S105


class UnknownKey(LookupError):
    """Something was closed or signed with a key that this deployment does not have."""


class KeyNotHeld(LookupError):
    """This part of Kail was given no key of this kind, because its work needs none."""


@dataclass(frozen=True)
class VersionedKey:
    """A kind of key of which one is used from now on and all can open."""

    current: str
    keys: dict[str, bytes] = field(repr=False)

    def __getitem__(self, key_id: str) -> bytes:
        try:
            return self.keys[key_id]
        except KeyError:
            raise UnknownKey(f"no key {key_id!r} in this deployment's key file") from None

    @property
    def previous(self) -> list[str]:
        """The ids of the keys that still open, and close nothing any more."""
        return [key_id for key_id in self.keys if key_id != self.current]


@dataclass(frozen=True)
class KeyRing:
    """The secrets that one part of a deployment holds, by kind; of a pair perhaps only one half."""

    part: str | None
    held: Mapping[Kind, VersionedKey]
    """The whole keys; of seals, bus and tokens a part has pairs instead."""
    seals: Mapping[tuple[str, str], bytes] = field(default_factory=dict, repr=False)
    signing: Mapping[tuple[str, str], bytes] = field(default_factory=dict, repr=False)
    verifying: Mapping[tuple[str, str], bytes] = field(default_factory=dict, repr=False)
    token_publics: Mapping[str, bytes] = field(default_factory=dict)
    current: Mapping[Kind, str] = field(default_factory=dict)

    def of(self, kind: Kind) -> VersionedKey:
        """The keys of a kind; raises KeyNotHeld."""
        try:
            return self.held[kind]
        except KeyError:
            raise KeyNotHeld(f"{self.part or 'this key file'} holds no key of the kind {kind}") from None

    @property
    def field(self) -> VersionedKey:
        """What closes personal data in ordinary tables."""
        return self.of(Kind.FIELD)

    @property
    def protection(self) -> VersionedKey:
        """What closes what the protection compartment says."""
        return self.of(Kind.PROTECTION)

    @property
    def web_secret(self) -> bytes:
        """What signs cookies and forms from now on."""
        return self.of(Kind.WEB)[self.of(Kind.WEB).current]

    @property
    def web_secrets_before(self) -> list[bytes]:
        """What signed the cookies and forms that still count."""
        web = self.of(Kind.WEB)
        return [web[key_id] for key_id in web.previous]

    @property
    def token_private(self) -> bytes:
        """What signs tokens from now on, as PEM; only where officers sign in."""
        return self.of(Kind.TOKEN)[self.of(Kind.TOKEN).current]

    @property
    def token_public(self) -> bytes:
        """By which everybody knows a token that is signed from now on, as PEM."""
        return self.token_publics[self.id_of(Kind.TOKEN)]

    def id_of(self, kind: Kind) -> str:
        """The id of the current key of a kind; raises KeyNotHeld."""
        return self.current[kind] if kind in self.current else self.of(kind).current

    def sign(self, service: str, content: bytes) -> str:
        """A service's signature under what it sends, with its key's id; raises KeyNotHeld."""
        key_id = self.id_of(Kind.BUS)
        return f"{key_id}:{_signing(self._seed(service, key_id)).sign(content).hex()}"

    def verify(self, service: str, content: bytes, signature: str) -> bool:
        """Whether a signature is this service's under this content; raises UnknownKey, or KeyNotHeld."""
        key_id, _, said = signature.rpartition(":")
        try:
            _verifying(self.bus_public(service, key_id)).verify(bytes.fromhex(said), content)
        except (InvalidSignature, ValueError):
            return False
        return True

    def bus_public(self, service: str, key_id: str) -> bytes:
        """By which everybody knows what a service signed; raises UnknownKey, or KeyNotHeld."""
        if Kind.BUS in self.held:
            return _public_of(self._seed(service, key_id))
        return _of_pair(self, Kind.BUS, self.verifying, (service, key_id))

    def bus_seed(self, service: str, key_id: str) -> bytes:
        """By which a service signs; raises UnknownKey, or KeyNotHeld."""
        return self._seed(service, key_id)

    def _seed(self, service: str, key_id: str) -> bytes:
        if Kind.BUS in self.held:
            return _derived(self.held[Kind.BUS][key_id], f"bus:{service}")
        return _of_pair(self, Kind.BUS, self.signing, (service, key_id))

    def seal_key(self, source: str | None, addressee: str, key_id: str | None = None) -> bytes:
        """What closes, and opens, what one service tells one other; the current one unless an id is given.

        Without a source it is the one by which everybody closed for this addressee until each had its own.
        """
        key_id, pair = key_id or self.id_of(Kind.SEAL), f"{source}>{addressee}" if source else addressee
        if Kind.SEAL in self.held:
            return _derived(self.held[Kind.SEAL][key_id], f"seal:{pair}")
        return _of_pair(self, Kind.SEAL, self.seals, (pair, key_id))


class _CurrentRing:
    """This process's keys, read again when their file has changed, so that a rotation needs no restart."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ring: KeyRing | None = None
        self._stamp: tuple[str, int, int, int] | None = None
        self._good_until = 0.0

    def __call__(self) -> KeyRing:
        """What the file says that KAIL_KEYS names, or `<home>/keys.json`, which is made when it is missing.

        A file of the home that an earlier version made gets the keys that it lacks; one that KAIL_KEYS names is read
        only. Raises FileNotFoundError.
        """
        ring = self._ring
        if ring is not None and time.monotonic() < self._good_until:
            return ring
        return self.look()

    def look(self) -> KeyRing:
        """Look at the file now, and read it if it is another than before."""
        with self._lock:
            path = file()
            is_new = self._stamp is None or self._stamp[0] != str(path)
            if is_new and not os.environ.get("KAIL_KEYS"):
                keyfile.make(path, fresh())
                keyfile.complete(path, fresh())
            found = path.stat()
            stamp = (str(path), found.st_ino, found.st_mtime_ns, found.st_size)
            if self._ring is None or stamp != self._stamp:
                self._ring, self._stamp = read(path), stamp
            self._good_until = time.monotonic() + LOOK_EVERY
            return self._ring

    def knowing(self, kind: Kind, key_id: str) -> KeyRing:
        """The ring, read anew if it does not know this id: another process may have been told of a new key first."""
        ring = self()
        known = ring.held.get(kind)
        return self.look() if known is not None and key_id not in known.keys else ring

    def cache_clear(self) -> None:
        """Forget what was read."""
        self._ring, self._stamp, self._good_until = None, None, 0.0


keyring = _CurrentRing()


def file() -> Path:
    """Where this process's keys are."""
    return Path(os.environ.get("KAIL_KEYS") or settings().home / "keys.json")


def read(path: Path) -> KeyRing:
    """Read a key file, of a whole deployment or of one part."""
    return ring_of(json.loads(path.read_text()))


def ring_of(known: Mapping[str, Any]) -> KeyRing:
    """A key file's content as a ring."""
    held = {
        kind: _versioned(kind, known[kind]) for kind in Kind if kind in known and "keys" in with_ids(known[kind], kind)
    }
    pairs = {kind: known[kind] for kind in (Kind.SEAL, Kind.BUS, Kind.TOKEN) if kind in known and kind not in held}
    seals, bus, token = (pairs.get(kind, {}) for kind in (Kind.SEAL, Kind.BUS, Kind.TOKEN))
    publics = {key_id: str(pem).encode() for key_id, pem in token.get("public", {}).items()}
    if Kind.TOKEN in held:
        publics |= {key_id: token_public(pem) for key_id, pem in held[Kind.TOKEN].keys.items()}
    return KeyRing(
        part=known.get("part"),
        held=held,
        seals=_unpacked(seals.get("pairs", {})),
        signing=_unpacked(bus.get("signs", {})),
        verifying=_unpacked(bus.get("verifies", {})),
        token_publics=publics,
        current={kind: content["current"] for kind, content in pairs.items()},
    )


def fresh() -> dict[str, Any]:
    """The content of a new key file of a whole deployment."""
    return {kind.value: {"current": f"{kind}-1", "keys": {f"{kind}-1": new_key(kind)}} for kind in Kind}


def new_key(kind: Kind) -> str:
    """A new key of a kind, as the file writes it."""
    if kind is not Kind.TOKEN:
        return b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def token_public(private: bytes) -> bytes:
    """The public half of a token's key, as PEM."""
    public = load_pem_private_key(private, password=None).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def with_ids(known: Any, kind: Kind) -> Mapping[str, Any]:
    """A kind in the form with ids; the first versions wrote some kinds as their one key alone."""
    return {"current": f"{kind}-1", "keys": {f"{kind}-1": known}} if isinstance(known, str) else known


def _versioned(kind: Kind, known: Any) -> VersionedKey:
    whole, plain = with_ids(known, kind), kind is Kind.TOKEN
    keys = {key_id: key.encode() if plain else b64decode(key) for key_id, key in whole["keys"].items()}
    return VersionedKey(whole["current"], keys)


def _unpacked(pairs: Mapping[str, Mapping[str, str]]) -> dict[tuple[str, str], bytes]:
    return {(name, key_id): b64decode(key) for name, keys in pairs.items() for key_id, key in keys.items()}


def _of_pair(ring: KeyRing, kind: Kind, pairs: Mapping[tuple[str, str], bytes], wanted: tuple[str, str]) -> bytes:
    try:
        return pairs[wanted]
    except KeyError:
        name, key_id = wanted
        if any(name == each for each, _ in pairs):
            raise UnknownKey(f"no key {key_id!r} in this deployment's key file") from None
        raise KeyNotHeld(f"{ring.part or 'this key file'} holds no key of the kind {kind} for {name}") from None


@cache
def _derived(secret: bytes, purpose: str) -> bytes:
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=f"kail:{purpose}".encode()).derive(secret)


@cache
def _signing(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)


@cache
def _verifying(public: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public)


@cache
def _public_of(seed: bytes) -> bytes:
    return _signing(seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
