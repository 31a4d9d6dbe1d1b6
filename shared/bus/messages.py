"""What travels between services: batches one way, confirmations the other, both signed."""

import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from shared.bus.chain import Batch, Sent
from shared.events.envelope import canonical


class Saying(StrEnum):
    """What a subscriber says when it names its position."""

    HEARD = "heard"  # everything up to here has had its effect
    MISSING = "missing"  # something came that does not follow on this: send again from the next position
    STATED = "stated"  # said now and then unasked, so that a restored database on either side is noticed
    DIVERGED = "diverged"  # what came does not continue the history known here


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Where a subscriber's cursor stands: 'I have everything up to here, and this is the hash of it'."""

    subscriber: str
    source: str
    partition: int
    position: int
    hash: bytes
    saying: Saying = Saying.HEARD


class Transport(Protocol):
    """Carries messages between services; it may lose, double or shuffle them."""

    def deliver(self, batch: Batch) -> None:
        """Send a batch towards its subscriber; an error means that it may or may not have been sent."""

    def confirm(self, confirmation: Confirmation) -> None:
        """Send a confirmation towards the source; an error means that it may or may not have been sent."""


class BadSignature(ValueError):
    """A message was not signed by the service that it claims to come from."""


def batch_to_json(batch: Batch, key: bytes) -> dict[str, Any]:
    """A batch as signed JSON values."""
    content = {
        "subscriber": batch.subscriber,
        "source": batch.source,
        "partition": batch.partition,
        "first": batch.first,
        "previous": batch.previous.hex(),
        "events": [
            [sent.body, sent.sealed_digest.hex() if sent.sealed_digest else None, sent.sealed] for sent in batch.events
        ],
    }
    return {**content, "signature": sign(_claim(batch), key)}


def batch_from_json(message: dict[str, Any], key: bytes) -> Batch:
    """Read a batch; raises BadSignature."""
    batch = Batch(
        subscriber=message["subscriber"],
        source=message["source"],
        partition=message["partition"],
        first=message["first"],
        previous=bytes.fromhex(message["previous"]),
        events=[
            Sent(body, bytes.fromhex(sealed_digest) if sealed_digest else None, part)
            for body, sealed_digest, part in message["events"]
        ],
    )
    _require_signature(_claim(batch), message, key)
    return batch


def confirmation_to_json(confirmation: Confirmation, key: bytes) -> dict[str, Any]:
    """A confirmation as signed JSON values."""
    content = {
        "subscriber": confirmation.subscriber,
        "source": confirmation.source,
        "partition": confirmation.partition,
        "position": confirmation.position,
        "hash": confirmation.hash.hex(),
        "saying": confirmation.saying.value,
    }
    return {**content, "signature": sign(content, key)}


def confirmation_from_json(message: dict[str, Any], key: bytes) -> Confirmation:
    """Read a confirmation; raises BadSignature."""
    content = _signed_content(message, key)
    return Confirmation(**{**content, "hash": bytes.fromhex(content["hash"]), "saying": Saying(content["saying"])})


def _claim(batch: Batch) -> dict[str, Any]:
    """What the signature of a batch covers: where it stands, and by the chain's last hash everything in it.

    A sealed part is not in the chain, only its digest is; it authenticates itself to its addressee.
    """
    return {
        "subscriber": batch.subscriber,
        "source": batch.source,
        "partition": batch.partition,
        "first": batch.first,
        "previous": batch.previous.hex(),
        "last": batch.last,
        "hash": batch.hash().hex(),
    }


def _signed_content(message: dict[str, Any], key: bytes) -> dict[str, Any]:
    content = {name: value for name, value in message.items() if name != "signature"}
    _require_signature(content, message, key)
    return content


def _require_signature(content: dict[str, Any], message: dict[str, Any], key: bytes) -> None:
    if not hmac.compare_digest(sign(content, key), str(message.get("signature"))):
        raise BadSignature(f"a message about {content.get('source')} and {content.get('subscriber')} is not authentic")


def sign(content: dict[str, Any], key: bytes) -> str:
    """HMAC-SHA256 over a message's canonical JSON, in hexadecimal."""
    return hmac.new(key, canonical(content).encode(), hashlib.sha256).hexdigest()
