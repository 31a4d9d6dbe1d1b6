import json
from base64 import b64encode
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.privacy.keys import Kind, keyring
from shared.privacy.sealed import NotAddressee, seal, unseal

EVENT = uuid4()


def test_only_the_addressee_opens_what_was_sealed_for_it():
    part = seal("intake", "grants", {"name": "Siti"}, EVENT)
    assert unseal("intake", "grants", json.loads(json.dumps(part)), EVENT) == {"name": "Siti"}
    assert "Siti" not in json.dumps(part)
    with pytest.raises(NotAddressee):
        unseal("intake", "training", part, EVENT)


def test_a_part_readdressed_on_its_way_does_not_open():
    part = seal("intake", "grants", {"name": "Siti"}, EVENT) | {"to": "training"}
    with pytest.raises(InvalidTag):
        unseal("intake", "training", part, EVENT)


def test_a_part_moved_to_another_event_does_not_open():
    part = seal("intake", "grants", {"name": "Siti"}, EVENT)
    with pytest.raises(InvalidTag):
        unseal("intake", "grants", part, uuid4())


def test_a_part_opens_only_as_what_the_pair_of_services_said():
    part = seal("intake", "grants", {"name": "Siti"}, EVENT)
    with pytest.raises(InvalidTag):
        unseal("training", "grants", part, EVENT)


def test_what_was_sealed_before_each_pair_had_a_key_still_opens():
    ring = keyring()
    nonce = bytes(12)
    closed = AESGCM(ring.seal_key(None, "grants")).encrypt(nonce, b'{"name":"Siti"}', f"grants\0{EVENT}".encode())
    part = {
        "to": "grants",
        "key": ring.id_of(Kind.SEAL),
        "nonce": b64encode(nonce).decode(),
        "text": b64encode(closed).decode(),
    }
    assert unseal("intake", "grants", part, EVENT) == {"name": "Siti"}
