import json
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from shared.kernel import settings
from shared.kernel.settings import SERVICES
from shared.privacy import fields, keyfile, keys


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("KAIL_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("KAIL_KEYS", raising=False)
    settings.load()
    forget()
    yield tmp_path / "home"
    monkeypatch.undo()
    settings.load()
    forget()


def forget():
    keys.keyring.cache_clear()


def test_the_first_use_makes_a_key_file_that_only_its_owner_may_read(home):
    made = keys.keyring()
    path = home / "keys.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in home.iterdir()] == ["keys.json"]
    keys.keyring.cache_clear()
    assert keys.keyring() == made


def test_a_process_that_comes_second_takes_the_keys_of_the_first(home):
    first = keys.keyring()
    assert not keyfile.make(home / "keys.json", keys.fresh())
    assert keys.read(home / "keys.json") == first


def test_a_named_key_file_must_exist(home, monkeypatch):
    monkeypatch.setenv("KAIL_KEYS", str(home / "nowhere.json"))
    with pytest.raises(FileNotFoundError):
        keys.keyring()


def test_every_service_signs_with_a_key_of_its_own_and_each_pair_seals_with_one(home):
    ring = keys.keyring()
    pairs = [("intake", "grants"), ("intake", "training"), ("training", "grants"), (None, "grants")]
    derived = [ring.bus_seed(service, "bus-1") for service in SERVICES] + [ring.seal_key(*pair) for pair in pairs]
    assert len(set(derived)) == 8
    for service in SERVICES:
        signature = ring.sign(service, b"said")
        assert [each for each in SERVICES if ring.verify(each, b"said", signature)] == [service]
        assert not ring.verify(service, b"unsaid", signature)
    assert load_pem_public_key(ring.token_public)


@pytest.mark.parametrize("signature", ["", ":", "bus-1:", "bus-1:zz", "bus-1:00", f"bus-1:{'00' * 64}"])
def test_what_is_no_signature_is_none(home, signature):
    try:
        assert not keys.keyring().verify("grants", b"said", signature)
    except keys.UnknownKey:
        assert not signature.startswith("bus-1:")


def test_a_key_file_of_the_first_versions_keeps_opening_what_it_opened(home):
    new = keys.fresh()
    old = {
        kind: new[kind]["keys"][f"{kind}-1"]
        if kind in ("blind_index", "protection_index", "bus", "web", "token")
        else it
        for kind, it in new.items()
    }
    assert keys.ring_of(old) == keys.ring_of(new)


def test_a_new_key_is_used_without_a_restart_and_found_at_once_where_another_process_used_it_first(home, monkeypatch):
    keys.keyring()
    before = fields.encrypt("Siti")
    known = with_new_field_key(home / "keys.json")
    monkeypatch.setattr(keys, "LOOK_EVERY", 3600)
    with_it = AESGCM(keys.read(home / "keys.json").field[known])
    header = fields.header_of(known)
    by_another = header + bytes(12) + with_it.encrypt(bytes(12), b"Aminah", header)
    assert fields.encrypt("Siti").startswith(fields.header_of("field-1"))
    assert fields.decrypt(by_another) == "Aminah"
    assert fields.encrypt("Siti").startswith(header)
    assert fields.decrypt(before) == "Siti"


def test_what_an_old_key_closed_opens_after_a_new_one_was_added(home):
    keys.keyring()
    before = fields.encrypt("Siti")
    rotated = with_new_field_key(home / "keys.json")
    forget()
    assert fields.decrypt(before) == "Siti"
    after = fields.encrypt("Siti")
    assert rotated.encode() in after
    assert rotated.encode() not in before


def test_a_key_file_of_an_earlier_version_gets_the_keys_that_it_lacks_and_keeps_the_others(home):
    keys.keyring()
    path = home / "keys.json"
    old = {name: key for name, key in json.loads(path.read_text()).items() if not name.startswith("protection")}
    path.write_text(json.dumps(old))
    forget()
    made = keys.keyring()
    assert json.loads(path.read_text()).items() >= old.items()
    assert json.loads(path.read_text()).keys() == {kind.value for kind in keys.Kind}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    forget()
    assert keys.keyring() == made


def test_no_key_opens_what_another_purpose_closed(home):
    closed = fields.encrypt("Siti", fields.Purpose.PROTECTION)
    assert fields.decrypt(closed, fields.Purpose.PROTECTION) == "Siti"
    with pytest.raises(keys.UnknownKey, match="protection-1"):
        fields.decrypt(closed)


def test_a_key_that_is_gone_is_named(home):
    keys.keyring()
    before = fields.encrypt("Siti")
    path = home / "keys.json"
    path.write_text(json.dumps(keys.fresh() | {"field": {"current": "other", "keys": {"other": "AAAA"}}}))
    forget()
    with pytest.raises(keys.UnknownKey, match="field-1"):
        fields.decrypt(before)


def with_new_field_key(path: Path) -> str:
    known = json.loads(path.read_text())
    known["field"]["keys"]["field-2"] = keys.fresh()["field"]["keys"]["field-1"]
    known["field"]["current"] = "field-2"
    path.write_text(json.dumps(known))
    return "field-2"
