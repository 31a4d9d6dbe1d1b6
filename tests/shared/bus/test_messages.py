"""Signed messages: read back as they were, and refused when a single thing about them was changed."""

import hmac
import json

import pytest

from shared.bus import messages
from shared.bus.chain import GENESIS, Batch, Passed, Sent
from shared.bus.messages import BadSignature, Confirmation, Saying, Wishes


def signature(key, content):
    return hmac.new(key, content, "sha256").hexdigest()


class Signer:
    """Signs, and knows its own signature again."""

    def __init__(self, key):
        self.key = key

    def __call__(self, content, said=None):
        own = signature(self.key, content)
        return own if said is None else said == own


KEY, OTHER = Signer(b"k"), Signer(b"o")
BATCHES = [
    Batch(
        *("grants", "intake", 1, 5, GENESIS),
        [Sent('{"a":1}'), Passed("intake.x.v1", b"x" * 32), Sent('{"b":2}', b"d" * 32, {"to": "grants"})],
    ),
    Batch("grants", "intake", 3, 1, b"p" * 32, [Sent('{"c":3}'), Passed("intake.y.v1", b"y" * 32, b"s" * 32)]),
]
WISHES = Wishes(("intake.x.v1", "intake.y.v1"), ("intake.z.v1",))
WORDS = [
    Confirmation("grants", "intake", 1, 6, b"h" * 32, Saying.MISSING, WISHES),
    Confirmation("grants", "intake", 3, 1, b"i" * 32, wishes=WISHES),
]


def delivered(place=None, value=None):
    """A signed delivery in which something about the first batch was changed on the way."""
    message = messages.batches_to_json(BATCHES, KEY)
    if place is not None:
        content = json.loads(message["content"])
        content[0][place] = value
        message["content"] = json.dumps(content, separators=(",", ":"))
    return message


def test_batches_are_read_back_as_they_were_sent():
    assert messages.batches_from_json(delivered(), KEY) == BATCHES


@pytest.mark.parametrize("words", [WORDS, [Confirmation("grants", "intake", 1, 6, b"h" * 32)]])
def test_confirmations_are_read_back_as_they_were_sent(words):
    assert messages.confirmations_from_json(messages.confirmations_to_json(words, KEY), KEY) == words


WHOLE, PASSED, SEALED = json.loads(messages.batches_to_json(BATCHES, KEY)["content"])[0][3]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, 2),
        (1, 6),
        (2, "11" * 32),
        (3, [WHOLE, PASSED]),
        (3, [['{"a":2}', None, None], PASSED, SEALED]),
        (3, [WHOLE, PASSED | {"passed": "intake.y.v1"}, SEALED]),
        (3, [WHOLE, PASSED | {"digest": "11" * 32}, SEALED]),
        (3, [WHOLE, PASSED | {"sealed": "11" * 32}, SEALED]),
        (3, [WHOLE, PASSED, ['{"b":2}', None, None]]),
        (3, [WHOLE, PASSED, [SEALED[0], SEALED[1], {"to": "training"}]]),
    ],
)
def test_a_batch_with_anything_changed_is_refused(place, value):
    with pytest.raises(BadSignature):
        messages.batches_from_json(delivered(place, value), KEY)


def test_a_delivery_of_which_a_batch_was_taken_is_refused():
    message = delivered()
    message["content"] = json.dumps(json.loads(message["content"])[:1], separators=(",", ":"))
    with pytest.raises(BadSignature):
        messages.batches_from_json(message, KEY)


@pytest.mark.parametrize("change", [{"subscriber": "training"}, {"source": "grants"}, {"signature": None}])
def test_a_delivery_that_names_somebody_else_is_refused(change):
    with pytest.raises(BadSignature):
        messages.batches_from_json(delivered() | change, KEY)


def test_a_delivery_of_before_this_form_is_refused_and_so_comes_again():
    before = {"subscriber": "grants", "source": "intake", "batches": [], "signature": "00" * 32}
    with pytest.raises(BadSignature):
        messages.batches_from_json(before, KEY)


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_a_confirmation_with_anything_changed_is_refused(place):
    message = messages.confirmations_to_json(WORDS, KEY)
    message["positions"][0][place] = [9, 7, "00" * 32, "heard"][place]
    with pytest.raises(BadSignature):
        messages.confirmations_from_json(message, KEY)


def test_a_confirmation_with_another_wish_is_refused():
    message = messages.confirmations_to_json(WORDS, KEY)
    message["wishes"][0] = [*WISHES.declined, "intake.stage-offered.v1"]
    with pytest.raises(BadSignature):
        messages.confirmations_from_json(message, KEY)


def test_another_services_key_does_not_do():
    with pytest.raises(BadSignature):
        messages.batches_from_json(delivered(), OTHER)
