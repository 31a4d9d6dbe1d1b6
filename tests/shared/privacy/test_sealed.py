import json
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag

from shared.privacy.sealed import NotAddressee, seal, unseal

EVENT = uuid4()


def test_only_the_addressee_opens_what_was_sealed_for_it():
    part = seal("grants", {"name": "Siti"}, EVENT)
    assert unseal("grants", json.loads(json.dumps(part)), EVENT) == {"name": "Siti"}
    assert "Siti" not in json.dumps(part)
    with pytest.raises(NotAddressee):
        unseal("training", part, EVENT)


def test_a_part_readdressed_on_its_way_does_not_open():
    part = seal("grants", {"name": "Siti"}, EVENT) | {"to": "training"}
    with pytest.raises(InvalidTag):
        unseal("training", part, EVENT)


def test_a_part_moved_to_another_event_does_not_open():
    part = seal("grants", {"name": "Siti"}, EVENT)
    with pytest.raises(InvalidTag):
        unseal("grants", part, uuid4())
