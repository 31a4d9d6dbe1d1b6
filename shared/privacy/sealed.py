"""Parts of an event that only one addressee can read, and that can be erased without touching the rest.

The key is derived for the addressee; the event's id and the addressee are authenticated, so that a part cannot be
moved to another event or handed to another service.
"""

import os
from base64 import b64decode, b64encode
from typing import Any
from uuid import UUID

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.privacy.fields import NONCE_BYTES
from shared.privacy.keys import keyring


class NotAddressee(PermissionError):
    """This part is sealed for somebody else."""


def seal(addressee: str, content: dict[str, Any], event_id: UUID) -> dict[str, str]:
    """Close a part of an event for one addressee; the answer is plain JSON."""
    keys = keyring()
    nonce = os.urandom(NONCE_BYTES)
    text = orjson.dumps(content)
    closed = AESGCM(keys.seal_key(addressee)).encrypt(nonce, text, _bound(addressee, event_id))
    return {
        "to": addressee,
        "key": keys.seal.current,
        "nonce": b64encode(nonce).decode(),
        "text": b64encode(closed).decode(),
    }


def unseal(addressee: str, part: dict[str, str], event_id: UUID) -> dict[str, Any]:
    """Open a part that was sealed for this addressee; raises NotAddressee, UnknownKey or InvalidTag."""
    if part["to"] != addressee:
        raise NotAddressee(f"sealed for {part['to']}, not for {addressee}")
    cipher = AESGCM(keyring().seal_key(addressee, part["key"]))
    opened = cipher.decrypt(b64decode(part["nonce"]), b64decode(part["text"]), _bound(addressee, event_id))
    content: dict[str, Any] = orjson.loads(opened)
    return content


def _bound(addressee: str, event_id: UUID) -> bytes:
    return f"{addressee}\0{event_id}".encode()
