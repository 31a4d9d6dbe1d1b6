"""A part of Kail holds what its own work needs and nothing else; with it, it works together with all the others."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from uuid import uuid4

import pytest

from shared.kernel.settings import SERVICES, STORES
from shared.privacy import fields, keyfile, keys, parts, sealed
from shared.privacy.keys import KeyNotHeld, Kind, UnknownKey

WHOLE = keys.fresh()
APART = parts.fresh_apart(WHOLE)
EVENT = uuid4()


@pytest.fixture
def acting(monkeypatch, tmp_path):
    """Lets this process be a part: it holds that part's file and no other."""

    def as_part(part, whole=APART):
        path = tmp_path / f"{part}.json"
        path.write_text(json.dumps(parts.cut(whole, part)))
        monkeypatch.setenv("KAIL_KEYS", str(path))
        keys.keyring.cache_clear()
        return keys.keyring()

    yield as_part
    monkeypatch.undo()
    keys.keyring.cache_clear()


def secrets_in(content):
    """Every string of a file that could be a key."""
    if isinstance(content, dict):
        return {found for each in content.values() for found in secrets_in(each)}
    return {content} if len(content) > 40 else set()


def test_every_part_holds_exactly_the_kinds_that_its_work_needs():
    for part in parts.PARTS:
        assert set(parts.cut(APART, part)) == {"part", *parts.kinds_of(part)}
    api, worker = {"field", "blind_index", "seal", "web", "token"}, {"field", "blind_index", "seal", "bus"}
    compartment = {"protection", "protection_index"}
    assert set(parts.kinds_of("intake-api")) == api | compartment
    assert set(parts.kinds_of("intake-worker")) == worker
    assert set(parts.kinds_of("intake-protection")) == {"field", "blind_index", "seal"} | compartment
    assert set(parts.kinds_of("grants-api")) == api
    assert set(parts.kinds_of("grants-worker")) == worker
    assert parts.kinds_of("grants-relay") == (Kind.BUS,)


def test_the_half_that_makes_tokens_is_where_officers_sign_in_and_nowhere_else():
    holders = [part for part in parts.PARTS if "PRIVATE KEY" in json.dumps(parts.cut(APART, part))]
    assert holders == ["intake-api"]


def test_no_part_holds_the_secret_from_which_others_are_derived():
    for kind in (Kind.SEAL, Kind.BUS):
        (root,) = WHOLE[kind]["keys"].values()
        assert not [part for part in parts.PARTS if root in json.dumps(parts.cut(APART, part))]


def test_where_services_are_set_apart_none_holds_what_closes_anothers_database():
    held = {
        part: secrets_in({kind: parts.cut(APART, part).get(kind, "") for kind in parts.OWN}) for part in parts.PARTS
    }
    for one, other in permutations(parts.PARTS, 2):
        if one.partition("-")[0] != other.partition("-")[0]:
            assert not held[one] & held[other]
        elif "relay" not in one + other:
            assert held[one] == held[other]


def test_a_service_cannot_speak_as_another(acting):
    signatures = {service: acting(f"{service}-relay").sign(service, b"said") for service in SERVICES}
    for service in SERVICES:
        ring = acting(f"{service}-worker")
        for other in SERVICES:
            assert ring.verify(other, b"said", signatures[other])
            assert not ring.verify(other, b"said", signatures[service]) or other == service
            if other != service:
                with pytest.raises(KeyNotHeld, match=f"{service}-worker holds no key of the kind bus for {other}"):
                    ring.sign(other, b"said")


def test_a_sealed_part_passes_between_two_services_and_no_third_opens_or_makes_it(acting):
    for source, addressee in permutations(SERVICES, 2):
        acting(f"{source}-worker")
        part = sealed.seal(source, addressee, {"name": "Siti"}, EVENT)
        acting(f"{addressee}-worker")
        assert sealed.unseal(source, addressee, part, EVENT) == {"name": "Siti"}
        for third in set(SERVICES) - {source, addressee}:
            acting(f"{third}-worker")
            with pytest.raises(KeyNotHeld):
                sealed.unseal(source, addressee, part, EVENT)
            with pytest.raises(KeyNotHeld):
                sealed.seal(source, addressee, {"name": "Siti"}, EVENT)


def test_what_is_not_held_is_refused_by_name(acting):
    acting("grants-relay")
    for ask in (
        lambda: fields.encrypt("Siti"),
        lambda: fields.encrypt("Siti", fields.Purpose.PROTECTION),
        lambda: fields.blind_index("Siti", "name"),
        lambda: fields.protected_index("Siti"),
        lambda: keys.keyring().web_secret,
        lambda: keys.keyring().token_private,
        lambda: sealed.seal("grants", "intake", {}, EVENT),
    ):
        with pytest.raises(KeyNotHeld, match="grants-relay holds no key"):
            ask()


@pytest.mark.parametrize("part", parts.PARTS)
def test_each_part_does_with_its_file_what_the_whole_file_would_do(acting, part):
    ring, whole = acting(part, WHOLE), keys.ring_of(WHOLE)
    service = part.partition("-")[0]
    if Kind.FIELD in parts.kinds_of(part):
        assert ring.field == whole.field
    if Kind.SEAL in parts.kinds_of(part):
        for other in SERVICES:
            assert ring.seal_key(service, other) == whole.seal_key(service, other)
            assert ring.seal_key(other, service) == whole.seal_key(other, service)
        assert ring.seal_key(None, service) == whole.seal_key(None, service)
    if Kind.BUS in parts.kinds_of(part):
        assert ring.sign(service, b"said") == whole.sign(service, b"said")
    if Kind.TOKEN in parts.kinds_of(part):
        assert ring.token_public == whole.token_public


def test_services_that_shared_a_key_are_set_apart_and_still_open_what_it_closed(acting):
    acting("grants-worker", WHOLE)
    before = fields.encrypt("Siti")
    later = parts.set_apart(WHOLE)
    assert parts.set_apart(later) == later
    acting("grants-worker", later)
    assert fields.decrypt(before) == "Siti"
    assert fields.encrypt("Siti")[:6] != before[:6]
    acting("training-worker", later)
    assert fields.decrypt(before) == "Siti"


@pytest.mark.parametrize("kind", Kind)
def test_a_retired_key_is_gone_and_every_other_stays(kind):
    whole = parts.rotated(WHOLE, kind)
    current, kept = f"{kind}-2", whole[kind]["keys"]
    assert whole[kind]["current"] == current
    assert parts.holders(whole, kind, f"{kind}-1") == list(STORES)
    left = parts.retired(whole, kind, f"{kind}-1")
    assert left == {**whole, kind.value: {"current": current, "keys": {current: kept[current]}}}
    assert parts.retired(left, kind, current) == left
    for key_id in (current, f"{kind}-1"):
        with pytest.raises(parts.CannotRetire):
            parts.holders(left, kind, key_id)


def test_a_key_that_services_shared_is_retired_from_each_of_them_and_none_loses_its_own():
    later = parts.set_apart(WHOLE)
    later["of"]["grants"] = {"field": later["of"]["grants"]["field"]}  # one that has no index of its own
    assert set(parts.previous(later, "intake")) == {(Kind.FIELD, "field-1"), (Kind.BLIND_INDEX, "blind_index-1")}
    assert set(parts.previous(later, "grants")) == {(Kind.FIELD, "field-1")}
    named = {name: (current, before) for name, current, before in parts.ids(later)}
    assert named["field"] == ("field-1", [])
    assert named["field of intake"] == ("field-intake-2", ["field-1"])
    left = parts.retired(later, Kind.FIELD, "field-1")
    assert left.keys() == later.keys()
    assert left["field"] == later["field"]
    for service, own in later["of"].items():
        current = own["field"]["current"]
        alone = {"current": current, "keys": {current: own["field"]["keys"][current]}}
        assert left["of"][service] == {**own, "field": alone}
    with pytest.raises(parts.CannotRetire):
        parts.holders(later, Kind.FIELD, "field-intake-2")
    assert parts.holders(later, Kind.FIELD, "field-1") == [*STORES]  # current for nobody any more
    with pytest.raises(parts.CannotRetire):
        parts.holders(later, Kind.WEB, "web-1")  # current for all, whoever is set apart
    gone = parts.retired(later, Kind.BLIND_INDEX, "blind_index-1")
    assert gone["of"]["grants"] == later["of"]["grants"]
    assert gone["of"]["intake"]["blind_index"]["keys"].keys() == {"blind_index-intake-2"}


def test_a_key_that_is_unknown_is_told_from_one_that_is_not_held(acting):
    ring = acting("grants-worker")
    for ask, refused in (
        (lambda: ring.seal_key("intake", "grants", "seal-9"), UnknownKey),
        (lambda: ring.seal_key("intake", "training"), KeyNotHeld),
        (lambda: ring.bus_public("intake", "bus-9"), UnknownKey),
        (lambda: ring.bus_seed("intake", "bus-1"), KeyNotHeld),
    ):
        with pytest.raises(refused):
            ask()


def test_a_key_file_is_changed_whole_or_not_at_all_and_says_so(tmp_path):
    path = tmp_path / "keys.json"
    assert keyfile.make(path, {"web": "one"})
    assert not keyfile.make(path, {"web": "another"})
    assert keyfile.complete(path, {"web": "two", "bus": "three"})
    assert json.loads(path.read_text()) == {"web": "one", "bus": "three"}
    written = path.stat().st_ino
    assert not keyfile.complete(path, {"web": "two", "bus": "four"})
    assert keyfile.change(path, lambda known: known | {"web": "five"})
    assert json.loads(path.read_text()) == {"web": "five", "bus": "three"}
    assert path.stat().st_ino != written
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(ZeroDivisionError):
        keyfile.change(path, lambda _: 1 // 0)
    assert json.loads(path.read_text()) == {"web": "five", "bus": "three"}
    assert [each.name for each in tmp_path.iterdir() if each.suffix == ".json"] == ["keys.json"]


def test_what_is_old_is_told_by_service_and_a_services_own_keys_go_before_what_all_share():
    apart = parts.fresh_apart(parts.rotated(parts.rotated(WHOLE, Kind.SEAL), Kind.FIELD))
    assert set(parts.previous(apart, "intake")) == {(Kind.SEAL, "seal-1")}
    del apart["of"]["grants"]["field"]
    assert set(parts.previous(apart, "grants")) == {(Kind.SEAL, "seal-1"), (Kind.FIELD, "field-1")}


def test_a_rotation_gives_each_service_a_key_of_its_own_and_leaves_what_all_share():
    again = parts.rotated(APART, Kind.FIELD)
    assert again["field"] == APART["field"]
    assert {own["field"]["current"] for own in again["of"].values()} == {f"field-{each}-2" for each in SERVICES}
    shared = parts.rotated(APART, Kind.SEAL)
    assert (shared["of"], shared["seal"]["current"]) == (APART["of"], "seal-2")
    assert keys.ring_of(shared).of(Kind.SEAL).previous == ["seal-1"]


@pytest.mark.parametrize("part", ["grants-worker", "grants-relay", "grants-api", "intake-api"])
def test_the_file_of_a_part_names_its_keys_and_those_before_them(part):
    whole = WHOLE
    for kind in Kind:
        whole = parts.rotated(whole, kind)
    told = {name: (current, before) for name, current, before in parts.ids(parts.cut(whole, part))}
    assert told == {kind.value: (f"{kind}-2", [f"{kind}-1"]) for kind in parts.kinds_of(part)}


def test_processes_that_change_a_key_file_at_once_lose_nothing(tmp_path):
    path = tmp_path / "keys.json"
    keyfile.make(path, {})

    def add(number):
        def slowly(known):
            time.sleep(0.002)
            return known | {str(number): "key"}

        keyfile.change(path, slowly)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(24)))
    assert len(json.loads(path.read_text())) == 24
    keyfile.replace(path, {}, 0o640)
    assert path.stat().st_mode & 0o777 == 0o640
