"""Signed messages: read back as they were, and refused when a single thing about them was changed."""

import pytest

from shared.bus import messages
from shared.bus.chain import GENESIS, Batch, Sent
from shared.bus.messages import BadSignature, Confirmation, Saying

KEY, OTHER = b"k" * 32, b"o" * 32
BATCHES = [
    Batch("grants", "intake", 1, 5, GENESIS, [Sent('{"a":1}'), Sent('{"b":2}', b"d" * 32, {"to": "grants"})]),
    Batch("grants", "intake", 3, 1, b"p" * 32, [Sent('{"c":3}')]),
]
WORDS = [
    Confirmation("grants", "intake", 1, 6, b"h" * 32, Saying.MISSING),
    Confirmation("grants", "intake", 3, 1, b"i" * 32),
]


def delivered(**change):
    """A signed delivery in which something about the first batch was changed."""
    message = messages.batches_to_json(BATCHES, KEY)
    message["batches"][0] |= change
    return message


def test_batches_are_read_back_as_they_were_sent():
    assert messages.batches_from_json(delivered(), KEY) == BATCHES


def test_confirmations_are_read_back_as_they_were_sent():
    assert messages.confirmations_from_json(messages.confirmations_to_json(WORDS, KEY), KEY) == WORDS


@pytest.mark.parametrize(
    "change",
    [
        {"partition": 2},
        {"first": 6},
        {"previous": "11" * 32},
        {"events": [['{"a":1}', None, None]]},
        {"events": [['{"a":2}', None, None], ['{"b":2}', "64" * 32, None]]},
        {"events": [['{"a":1}', None, None], ['{"b":2}', None, None]]},
    ],
)
def test_a_batch_with_anything_changed_is_refused(change):
    with pytest.raises(BadSignature):
        messages.batches_from_json(delivered(**change), KEY)


def test_a_delivery_of_which_a_batch_was_taken_is_refused():
    message = delivered()
    message["batches"].pop()
    with pytest.raises(BadSignature):
        messages.batches_from_json(message, KEY)


@pytest.mark.parametrize("change", [{"subscriber": "training"}, {"source": "grants"}, {"signature": None}])
def test_a_delivery_that_names_somebody_else_is_refused(change):
    with pytest.raises(BadSignature):
        messages.batches_from_json(delivered() | change, KEY)


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_a_confirmation_with_anything_changed_is_refused(place):
    message = messages.confirmations_to_json(WORDS, KEY)
    message["positions"][0][place] = [9, 7, "00" * 32, "heard"][place]
    with pytest.raises(BadSignature):
        messages.confirmations_from_json(message, KEY)


def test_another_services_key_does_not_do():
    with pytest.raises(BadSignature):
        messages.batches_from_json(delivered(), OTHER)
