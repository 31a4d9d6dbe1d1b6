"""What travels between services: batches one way, confirmations the other, both signed."""

import hashlib
import hmac
from collections.abc import Sequence
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

    def deliver(self, batches: Sequence[Batch]) -> None:
        """Send batches, all to one subscriber, towards it; an error means that they may or may not have been sent."""

    def confirm(self, confirmations: Sequence[Confirmation]) -> None:
        """Send one subscriber's confirmations towards a source; an error means that they may have been sent or not."""


class BadSignature(ValueError):
    """A message was not signed by the service that it claims to come from."""


def batches_to_json(batches: Sequence[Batch], key: bytes) -> dict[str, Any]:
    """Batches from one source to one subscriber as one signed message of JSON values."""
    content = {
        "subscriber": batches[0].subscriber,
        "source": batches[0].source,
        "batches": [
            {
                "partition": batch.partition,
                "first": batch.first,
                "previous": batch.previous.hex(),
                "events": [
                    [sent.body, sent.sealed_digest.hex() if sent.sealed_digest else None, sent.sealed]
                    for sent in batch.events
                ],
            }
            for batch in batches
        ],
    }
    return {**content, "signature": sign(_claim(batches), key)}


def batches_from_json(message: dict[str, Any], key: bytes) -> list[Batch]:
    """Read what was delivered; raises BadSignature."""
    batches = [
        Batch(
            subscriber=message["subscriber"],
            source=message["source"],
            partition=batch["partition"],
            first=batch["first"],
            previous=bytes.fromhex(batch["previous"]),
            events=[
                Sent(body, bytes.fromhex(sealed_digest) if sealed_digest else None, part)
                for body, sealed_digest, part in batch["events"]
            ],
        )
        for batch in message["batches"]
    ]
    _require_signature(_claim(batches), message, key)
    return batches


def confirmations_to_json(confirmations: Sequence[Confirmation], key: bytes) -> dict[str, Any]:
    """One subscriber's confirmations to one source as one signed message of JSON values."""
    content = {
        "subscriber": confirmations[0].subscriber,
        "source": confirmations[0].source,
        "positions": [[each.partition, each.position, each.hash.hex(), each.saying.value] for each in confirmations],
    }
    return {**content, "signature": sign(content, key)}


def confirmations_from_json(message: dict[str, Any], key: bytes) -> list[Confirmation]:
    """Read what was confirmed; raises BadSignature."""
    content = _signed_content(message, key)
    return [
        Confirmation(
            content["subscriber"], content["source"], partition, position, bytes.fromhex(hash_), Saying(saying)
        )
        for partition, position, hash_, saying in content["positions"]
    ]


def _claim(batches: Sequence[Batch]) -> dict[str, Any]:
    """What the signature of a delivery covers: where each batch stands, and by the chain's last hash all that is in it.

    A sealed part is not in the chain, only its digest is; it authenticates itself to its addressee.
    """
    return {
        "subscriber": batches[0].subscriber,
        "source": batches[0].source,
        "batches": [
            [batch.partition, batch.first, batch.previous.hex(), batch.last, batch.hash().hex()] for batch in batches
        ],
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
