"""What travels between services: batches one way, confirmations the other, both signed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import orjson

from shared.bus.chain import Batch, Passed, Sent
from shared.events.envelope import canonical


class Saying(StrEnum):
    """What a subscriber says when it names its position."""

    HEARD = "heard"  # everything up to here has had its effect
    MISSING = "missing"  # something came that does not follow on this: send again from the next position
    STATED = "stated"  # said now and then unasked, so that a restored database on either side is noticed
    DIVERGED = "diverged"  # what came does not continue the history known here


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a subscriber passes over and need not be sent in full: the digests are enough to follow the chain."""

    declined: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    """Types that it hears only where they concern its own service."""

    def passes(self, kind: str) -> bool:
        """Whether an event of this type may come without its content."""
        return kind in self.declined or kind in self.elsewhere

    def leave_out(self, kind: str, concerns: str | None, service: str) -> bool:
        """Whether an event of this type that `concerns` one service alone need not be sent in full to `service`."""
        return kind in self.declined or (kind in self.elsewhere and concerns not in (None, service))


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Where a subscriber's cursor stands: 'I have everything up to here, and this is the hash of it'.

    With it the subscriber says what it wishes, so that the source always learns it from the code that runs there now.
    """

    subscriber: str
    source: str
    partition: int
    position: int
    hash: bytes
    saying: Saying = Saying.HEARD
    wishes: Wishes | None = None


class Transport(Protocol):
    """Carries messages between services; it may lose, double or shuffle them."""

    def deliver(self, batches: Sequence[Batch]) -> None:
        """Send batches, all to one subscriber, towards it; an error means that they may or may not have been sent."""

    def confirm(self, confirmations: Sequence[Confirmation]) -> None:
        """Send one subscriber's confirmations towards a source; an error means that they may have been sent or not."""


class BadSignature(ValueError):
    """A message was not signed by the service that it claims to come from."""


Sign = Callable[[bytes], str]
"""Signs with the sender's own key."""
Verify = Callable[[bytes, str], bool]
"""Whether a signature is that of the service that is said to have sent it."""


def batches_to_json(batches: Sequence[Batch], sign: Sign) -> dict[str, Any]:
    """Batches from one source to one subscriber as one signed message of JSON values."""
    subscriber, source = batches[0].subscriber, batches[0].source
    content = canonical(
        [
            [batch.partition, batch.first, batch.previous.hex(), [_event_to_json(each) for each in batch.events]]
            for batch in batches
        ]
    )
    signature = sign(_delivered(subscriber, source, content))
    return {"subscriber": subscriber, "source": source, "content": content, "signature": signature}


def batches_from_json(message: dict[str, Any], verify: Verify) -> list[Batch]:
    """Read what was delivered; raises BadSignature."""
    subscriber, source, content = (str(message.get(name)) for name in ("subscriber", "source", "content"))
    _require(verify, _delivered(subscriber, source, content), message)
    return [
        Batch(subscriber, source, partition, first, bytes.fromhex(previous), list(map(_event_from_json, events)))
        for partition, first, previous, events in orjson.loads(content)
    ]


def _event_to_json(sent: Sent | Passed) -> list[Any] | dict[str, Any]:
    seal = sent.sealed_digest.hex() if sent.sealed_digest else None
    if isinstance(sent, Passed):
        return {"passed": sent.kind, "digest": sent.digest.hex(), "sealed": seal}
    return [sent.body, seal, sent.sealed]


def _event_from_json(said: list[Any] | dict[str, Any]) -> Sent | Passed:
    if isinstance(said, dict):
        return Passed(said["passed"], bytes.fromhex(said["digest"]), _bytes(said["sealed"]))
    body, seal, part = said
    return Sent(body, _bytes(seal), part)


def _bytes(said: str | None) -> bytes | None:
    return bytes.fromhex(said) if said else None


def confirmations_to_json(confirmations: Sequence[Confirmation], sign: Sign) -> dict[str, Any]:
    """One subscriber's confirmations to one source as one signed message of JSON values."""
    content = {
        "subscriber": confirmations[0].subscriber,
        "source": confirmations[0].source,
        "positions": [[each.partition, each.position, each.hash.hex(), each.saying.value] for each in confirmations],
        "wishes": [wishes.declined, wishes.elsewhere] if (wishes := confirmations[0].wishes) else None,
    }
    return {**content, "signature": sign(_confirmed(content))}


def confirmations_from_json(message: dict[str, Any], verify: Verify) -> list[Confirmation]:
    """Read what was confirmed; raises BadSignature."""
    content = {name: value for name, value in message.items() if name != "signature"}
    _require(verify, _confirmed(content), message)
    wishes = Wishes(*(tuple(each) for each in content["wishes"])) if content.get("wishes") else None
    return [
        Confirmation(
            content["subscriber"], content["source"], partition, position, bytes.fromhex(hash_), Saying(saying), wishes
        )
        for partition, position, hash_, saying in content["positions"]
    ]


def _delivered(subscriber: str, source: str, content: str) -> bytes:
    # The very text that travels: nothing has to be put together again, and nothing is read before it is checked.
    return f"deliver\0{subscriber}\0{source}\0{content}".encode()


def _confirmed(content: dict[str, Any]) -> bytes:
    return b"confirm\0" + canonical(content).encode()


def _require(verify: Verify, content: bytes, message: dict[str, Any]) -> None:
    try:
        authentic = verify(content, str(message.get("signature")))
    except LookupError:  # a key, or a service, that nobody here knows
        authentic = False
    if not authentic:
        raise BadSignature(f"a message about {message.get('source')} and {message.get('subscriber')} is not authentic")
