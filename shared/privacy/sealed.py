"""Parts of an event that only one addressee can read, and that can be erased without touching the rest.

The key is derived for the pair of source and addressee, so that no third service opens it or could have sealed it; both
and the event's id are authenticated, so that a part cannot be moved to another event or handed to another service.
"""

import os
from base64 import b64decode, b64encode
from typing import Any
from uuid import UUID

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.privacy.fields import NONCE_BYTES
from shared.privacy.keys import Kind, keyring


class NotAddressee(PermissionError):
    """This part is sealed for somebody else."""


def seal(source: str, addressee: str, content: dict[str, Any], event_id: UUID) -> dict[str, str]:
    """Close a part of an event of one service for one addressee; the answer is plain JSON."""
    keys = keyring()
    nonce = os.urandom(NONCE_BYTES)
    text = orjson.dumps(content)
    closed = AESGCM(keys.seal_key(source, addressee)).encrypt(nonce, text, _bound(source, addressee, event_id))
    return {
        "from": source,
        "to": addressee,
        "key": keys.id_of(Kind.SEAL),
        "nonce": b64encode(nonce).decode(),
        "text": b64encode(closed).decode(),
    }


def unseal(source: str, addressee: str, part: dict[str, str], event_id: UUID) -> dict[str, Any]:
    """Open a part that this source sealed for this addressee; raises NotAddressee, UnknownKey or InvalidTag.

    What was sealed before each pair had a key of its own does not say from whom, and opens all the same.
    """
    if part["to"] != addressee:
        raise NotAddressee(f"sealed for {part['to']}, not for {addressee}")
    by = source if "from" in part else None
    keys = keyring.knowing(Kind.SEAL, part["key"])
    cipher = AESGCM(keys.seal_key(by, addressee, part["key"]))
    opened = cipher.decrypt(b64decode(part["nonce"]), b64decode(part["text"]), _bound(by, addressee, event_id))
    content: dict[str, Any] = orjson.loads(opened)
    return content


def _bound(source: str | None, addressee: str, event_id: UUID) -> bytes:
    return "\0".join((*([source] if source else []), addressee, str(event_id))).encode()
