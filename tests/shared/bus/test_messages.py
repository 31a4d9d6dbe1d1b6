"""Signed messages: read back as they were, and refused when a single thing about them was changed."""

import pytest

from shared.bus import messages
from shared.bus.chain import GENESIS, Batch, Sent
from shared.bus.messages import BadSignature, Confirmation, Saying

KEY, OTHER = b"k" * 32, b"o" * 32
BATCH = Batch("grants", "intake", 1, 5, GENESIS, [Sent('{"a":1}'), Sent('{"b":2}', b"d" * 32, {"to": "grants"})])
WORD = Confirmation("grants", "intake", 1, 6, b"h" * 32, Saying.MISSING)


def test_a_batch_is_read_back_as_it_was_sent():
    assert messages.batch_from_json(messages.batch_to_json(BATCH, KEY), KEY) == BATCH


def test_a_confirmation_is_read_back_as_it_was_sent():
    assert messages.confirmation_from_json(messages.confirmation_to_json(WORD, KEY), KEY) == WORD


@pytest.mark.parametrize(
    "change",
    [
        {"subscriber": "training"},
        {"source": "grants"},
        {"partition": 2},
        {"first": 6},
        {"previous": "11" * 32},
        {"events": [['{"a":1}', None, None]]},
        {"events": [['{"a":2}', None, None], ['{"b":2}', "64" * 32, None]]},
        {"events": [['{"a":1}', None, None], ['{"b":2}', None, None]]},
        {"signature": None},
    ],
)
def test_a_batch_with_anything_changed_is_refused(change):
    with pytest.raises(BadSignature):
        messages.batch_from_json({**messages.batch_to_json(BATCH, KEY), **change}, KEY)


@pytest.mark.parametrize("change", [{"position": 7}, {"saying": "heard"}, {"hash": "00" * 32}, {"subscriber": "x"}])
def test_a_confirmation_with_anything_changed_is_refused(change):
    with pytest.raises(BadSignature):
        messages.confirmation_from_json({**messages.confirmation_to_json(WORD, KEY), **change}, KEY)


def test_another_services_key_does_not_do():
    with pytest.raises(BadSignature):
        messages.batch_from_json(messages.batch_to_json(BATCH, KEY), OTHER)
