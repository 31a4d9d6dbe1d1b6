import json
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from shared.kernel import settings
from shared.privacy import fields, keys


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
    fields._cipher.cache_clear()


def test_the_first_use_makes_a_key_file_that_only_its_owner_may_read(home):
    made = keys.keyring()
    path = home / "keys.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in home.iterdir()] == ["keys.json"]
    keys.keyring.cache_clear()
    assert keys.keyring() == made


def test_a_process_that_comes_second_takes_the_keys_of_the_first(home):
    first = keys.keyring()
    keys._make(home / "keys.json")
    assert keys.read(home / "keys.json") == first


def test_a_named_key_file_must_exist(home, monkeypatch):
    monkeypatch.setenv("KAIL_KEYS", str(home / "nowhere.json"))
    with pytest.raises(FileNotFoundError):
        keys.keyring()


def test_every_service_and_addressee_has_a_key_of_its_own(home):
    ring = keys.keyring()
    derived = [ring.bus_key("intake"), ring.bus_key("grants"), ring.seal_key("intake"), ring.seal_key("grants")]
    assert len(set(derived)) == 4
    assert ring.bus_key("intake") == keys.keyring().bus_key("intake")
    assert load_pem_public_key(ring.token_public)


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
