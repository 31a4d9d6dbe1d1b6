"""What no column can keep: characters, numbers and trees that are refused wherever they come in.

PostgreSQL keeps no zero byte and no half of a surrogate pair, and no number beyond 64 bits; a tree that is nested
without end breaks whoever reads it.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from shared.kernel.errors import DomainError, Invalid

DEEPEST = 32
"""Levels to which a body may be nested; ours have at most eight."""
MOST_FAULTS = 20
"""So many are named; nobody mends more at once."""
LONGEST_NAME = 80
LONGEST_FILE_NAME = 200
LARGEST = 2**63
UNKEPT = re.compile("[\0\ud800-\udfff]")
DIGITS = len(str(LARGEST)) + 1


class CharacterUnkept(Invalid):
    """This holds a character that cannot be kept (a zero byte, or half of one); take it out."""

    indonesian = "Ada karakter yang tidak dapat disimpan (byte nol, atau karakter yang terpotong); hapus dulu."


class NumberUnkept(Invalid):
    """This number is too large, or is none."""

    indonesian = "Angka ini terlalu besar, atau bukan angka."


class NotStorable(Invalid):
    """What was sent holds something that cannot be kept; mend the fields named and send it again."""

    indonesian = "Yang dikirim memuat sesuatu yang tidak dapat disimpan; perbaiki bagian yang ditandai lalu kirim lagi."


class NotJson(ValueError):
    """This is no JSON, or it is nested too deep."""


def loads(text: str | bytes) -> Any:
    """What a JSON text says; raises NotJson, and NotStorable with the fields at fault."""
    try:
        if isinstance(text, bytes):
            text = text.decode()
        tree = json.loads(text, parse_int=_whole, parse_constant=float)
    except (RecursionError, ValueError) as unreadable:
        raise NotJson from unreadable
    require(tree)
    return tree


def require(tree: Any) -> None:
    """Refuse what cannot be kept anywhere in a tree of dicts and lists; raises NotStorable, NotJson when too deep."""
    found: dict[str, list[DomainError]] = {}
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), tree)]
    while waiting and len(found) < MOST_FAULTS:
        path, value = waiting.pop()
        fault = _fault(value)
        if fault is not None:
            found[named(path)] = [fault]
        elif isinstance(value, Mapping | list):
            if len(path) >= DEEPEST:
                raise NotJson
            for key, inner in value.items() if isinstance(value, Mapping) else enumerate(value):
                if _fault(key) is not None:
                    found[named((*path, key))] = [CharacterUnkept()]
                else:
                    waiting.append(((*path, key), inner))
    if found:
        raise NotStorable(errors=found)


def _whole(digits: str) -> int | float:
    """A whole number as JSON writes it; of more digits than can be kept, none is read."""
    return int(digits) if len(digits) <= DIGITS else math.inf


def _fault(value: Any) -> DomainError | None:
    if isinstance(value, str):
        return CharacterUnkept() if UNKEPT.search(value) else None
    if isinstance(value, float):
        return None if math.isfinite(value) else NumberUnkept()
    if isinstance(value, int):
        return None if -LARGEST <= value < LARGEST else NumberUnkept()
    return None


def named(path: Iterable[str | int]) -> str:
    """A path as an answer can carry it, whatever its names hold."""
    dotted = UNKEPT.sub("\N{REPLACEMENT CHARACTER}", ".".join(map(str, path)))
    return dotted if len(dotted) <= LONGEST_NAME else f"{dotted[:LONGEST_NAME]}…"


def plain_name(name: str | None) -> str:
    """What an uploaded file is called, without the folders and control characters that its sender may have put in."""
    last = re.split(r"[/\\]", name or "")[-1]
    return "".join(letter for letter in last if letter.isprintable())[:LONGEST_FILE_NAME].strip()
