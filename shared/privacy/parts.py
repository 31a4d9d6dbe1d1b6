"""Which part of Kail holds which keys, and how a whole key file is cut into one for each.

A part that is broken into gives away what its own work needs: its half of a pair, the public half of the others'. Only
where officers sign in can tokens be made; only the compartment's parts hold its keys. In a deployment whose services
were set apart (`of`), a service also closes its own database with keys that no other service has.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any

from shared.kernel.settings import SERVICES, STORES
from shared.privacy.keys import KeyRing, Kind, new_key, ring_of, with_ids

Content = dict[str, Any]

OWN = (Kind.FIELD, Kind.BLIND_INDEX)
"""Kinds that each service may have for itself, because they close and find what is in its database alone."""
COMPARTMENT = (Kind.PROTECTION, Kind.PROTECTION_INDEX)
SIGNS_IN = "intake-api"
"""The one part that issues tokens."""

PARTS: Mapping[str, tuple[Kind, ...]] = {
    **{f"{service}-api": (*OWN, Kind.SEAL, Kind.WEB, Kind.TOKEN) for service in SERVICES},
    **{f"{service}-worker": (*OWN, Kind.SEAL, Kind.BUS) for service in SERVICES},
    **{f"{service}-relay": (Kind.BUS,) for service in SERVICES},
    "intake-slow": (*OWN, Kind.SEAL),
    "intake-protection": (*OWN, Kind.SEAL),
}
"""The parts that hold keys at all, and which kinds; the compartment's own parts hold its keys besides."""
WITH_COMPARTMENT = ("intake-api", "intake-protection")


def kinds_of(part: str) -> tuple[Kind, ...]:
    """Which kinds of key a part holds."""
    return (*PARTS[part], *(COMPARTMENT if part in WITH_COMPARTMENT else ()))


def set_apart(whole: Mapping[str, Any]) -> Content:
    """A whole file in which every service has keys of its own for its database; those that were shared still open."""
    apart = dict(whole.get("of", {}))
    for service in SERVICES:
        apart.setdefault(service, {})
        for kind in OWN:
            if kind not in apart[service]:
                apart[service][kind.value] = with_new_key(whole[kind], kind, name=service)
    return {**whole, "of": apart}


def fresh_apart(whole: Mapping[str, Any]) -> Content:
    """A new whole file whose services have never shared a key."""
    own = {
        service: {kind.value: {"current": f"{kind}-1", "keys": {f"{kind}-1": new_key(kind)}} for kind in OWN}
        for service in SERVICES
    }
    return {**whole, "of": own}


def with_new_key(known: Any, kind: Kind, name: str = "") -> Content:
    """A kind's keys with one more, which is current from now on."""
    keys = with_ids(known, kind)["keys"]
    numbers = [int(key_id.rpartition("-")[2]) for key_id in keys if key_id.rpartition("-")[2].isdigit()]
    key_id = f"{kind}{f'-{name}' if name else ''}-{max(numbers, default=0) + 1}"
    return {"current": key_id, "keys": {**keys, key_id: new_key(kind)}}


class CannotRetire(ValueError):
    """A key that is current, or that is not there, cannot be retired."""


def rotated(whole: Mapping[str, Any], kind: Kind) -> Content:
    """A whole file in which a new key of this kind is current; where services have their own, each gets a new one."""
    apart = whole.get("of", {})
    if kind in OWN and apart:
        return {
            **whole,
            "of": {
                service: {**own, kind.value: with_new_key(own[kind.value], kind, name=service)}
                for service, own in apart.items()
            },
        }
    return {**whole, kind.value: with_new_key(whole[kind.value], kind)}


def ids(whole: Mapping[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    """Of every kind (and service, where it has its own) the current key's id and those before it."""
    for name, kind, known in _sets(whole):
        whole_kind = with_ids(known, kind)
        before = [key_id for key_id in _all_ids(whole_kind) if key_id != whole_kind["current"]]
        yield f"{kind} of {name}" if name else kind.value, whole_kind["current"], before


def previous(whole: Mapping[str, Any], service: str) -> Iterator[tuple[Kind, str]]:
    """The keys, by kind and id, under which a service's database may still hold something."""
    own = whole.get("of", {}).get(service, {})
    for name, kind, known in _sets(whole):
        if name not in ("", service) or (not name and kind in OWN and kind.value in own):
            continue
        whole_kind = with_ids(known, kind)
        yield from ((kind, key_id) for key_id in _all_ids(whole_kind) if key_id != whole_kind["current"])


def holders(whole: Mapping[str, Any], kind: Kind, key_id: str) -> list[str]:
    """The services whose databases may need this key; raises CannotRetire."""
    found = []
    for name, each, known in _sets(whole):
        whole_kind = with_ids(known, each)
        if each is kind and key_id in _all_ids(whole_kind):
            if whole_kind["current"] == key_id and not (not name and whole.get("of") and kind in OWN):
                raise CannotRetire(f"{key_id} is the current key: rotate {kind} first")
            found += [name] if name else list(STORES)
    if not found:
        raise CannotRetire(f"there is no {kind} key {key_id!r} here")
    return list(dict.fromkeys(found))


def retired(whole: Mapping[str, Any], kind: Kind, key_id: str) -> Content:
    """A whole file without this key."""

    def without(known: Any) -> Content:
        whole_kind = with_ids(known, kind)
        kept = {each: key for each, key in whole_kind["keys"].items() if each != key_id}
        return {**whole_kind, "keys": kept} if whole_kind["current"] != key_id else dict(whole_kind)

    apart = {
        service: {**own, **({kind.value: without(own[kind.value])} if kind.value in own else {})}
        for service, own in whole.get("of", {}).items()
    }
    return {**whole, kind.value: without(whole[kind.value]), **({"of": apart} if apart else {})}


def _sets(whole: Mapping[str, Any]) -> Iterator[tuple[str, Kind, Any]]:
    """Each kind's keys, and whose they are: a service's own, or everybody's."""
    for kind in Kind:
        if kind.value in whole:
            yield "", kind, whole[kind.value]
        for service, own in whole.get("of", {}).items():
            if kind.value in own:
                yield service, kind, own[kind.value]


def _all_ids(known: Mapping[str, Any]) -> list[str]:
    """The ids of a kind, whether the file holds whole keys, pairs, or public halves."""
    if "keys" in known:
        return list(known["keys"])
    halves: Mapping[str, Any] = known.get("public") or next(
        iter((known.get("pairs") or known.get("verifies") or {}).values()), {}
    )
    return list(halves)


def cut(whole: Mapping[str, Any], part: str) -> Content:
    """The key file of one part."""
    service = part.partition("-")[0]
    own = whole.get("of", {}).get(service, {})
    ring, wanted = ring_of(whole), kinds_of(part)
    content: Content = {"part": part}
    for kind in wanted:
        if kind in (Kind.FIELD, Kind.BLIND_INDEX):
            content[kind.value] = own.get(kind.value, whole[kind])
        elif kind is Kind.SEAL:
            content[kind.value] = _seals(ring, service)
        elif kind is Kind.BUS:
            content[kind.value] = _bus(ring, service)
        elif kind is Kind.TOKEN and part != SIGNS_IN:
            publics = {key_id: pem.decode() for key_id, pem in ring.token_publics.items()}
            content[kind.value] = {"current": ring.id_of(kind), "public": publics}
        else:
            content[kind.value] = whole[kind]
    return content


def _seals(ring: KeyRing, service: str) -> Content:
    """What this service closes for the others, and opens of them; and what everybody once closed for it alone."""
    others = [each for each in SERVICES if each != service]
    pairs = [(service, service), *((service, each) for each in others), *((each, service) for each in others)]
    ids = ring.of(Kind.SEAL).keys
    return {
        "current": ring.id_of(Kind.SEAL),
        "pairs": {
            **{f"{a}>{b}": {key_id: _text(ring.seal_key(a, b, key_id)) for key_id in ids} for a, b in pairs},
            service: {key_id: _text(ring.seal_key(None, service, key_id)) for key_id in ids},
        },
    }


def _bus(ring: KeyRing, service: str) -> Content:
    """With what this service signs, and by what it knows every other's signature."""
    ids = ring.of(Kind.BUS).keys
    return {
        "current": ring.id_of(Kind.BUS),
        "signs": {service: {key_id: _text(ring.bus_seed(service, key_id)) for key_id in ids}},
        "verifies": {each: {key_id: _text(ring.bus_public(each, key_id)) for key_id in ids} for each in SERVICES},
    }


def _text(key: bytes) -> str:
    return b64encode(key).decode()
