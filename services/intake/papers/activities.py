"""The activities of processing as their file says them, and how the columns of their tables are kept."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from shared.programmes.definition import Text

FILE = Path(__file__).with_name("activities.yaml")
INVENTORY = Path(__file__).with_name("inventory.json")
"""Written by `python -m services.operate.inventory` from the models of all four services."""
EVERYWHERE = "*"
PLAIN, DIGEST = "plain", "digest"

Inventory = Mapping[str, Mapping[str, str]]
"""By table (`grants.loan`) each column, and how it is kept: plainly, or how it is closed and by which kind of key."""


@dataclass(frozen=True)
class Basis:
    """The legal basis of an activity; nobody has compared it with the law unless it says so."""

    text: Text
    source: str
    verified: bool = False


@dataclass(frozen=True)
class Activity:
    """A piece of work with data of persons: what for, whose, on which basis, and in which tables it stands."""

    id: str
    title: Text
    purpose: Text
    whose: tuple[Text, ...]
    basis: Basis
    tables: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    """The stage kinds, or beginnings of such that end in a dot or a hyphen, whose offices work with it."""
    receives: str = ""
    """Who else does: `registering`, `protecting`, `administering`, `every`, or `none`."""

    def is_for(self, kind: str) -> bool:
        """Whether a stage kind is part of it."""
        return any(kind.startswith(each) if each.endswith((".", "-")) else kind == each for each in self.kinds)


@dataclass(frozen=True)
class Register:
    """All activities, the categories of data, and the tables that say nothing of any person."""

    activities: tuple[Activity, ...]
    categories: Mapping[str, Text]
    category_of: Mapping[str, str]
    instead: Mapping[str, str]
    nobody: tuple[str, ...]

    def category(self, table: str, column: str) -> str | None:
        """Of which category the data in a column is; None where nobody has said."""
        return self.instead.get(f"{table}.{column}") or self.category_of.get(column)

    def tables_of(self, activity: Activity, known: Inventory | None = None) -> list[str]:
        """The tables of an activity by store and name, also of those that every service has."""
        return [table for table in (known or inventory()) if _named(table, activity.tables)]

    def holding(self, table: str) -> list[str]:
        """The activities in which a table stands; exactly one, or none where it says nothing of any person."""
        return [each.id for each in self.activities if _named(table, each.tables)]

    def says_nothing(self, table: str) -> bool:
        """Whether a table is named as one that says nothing of any person."""
        return _named(table, self.nobody)


@cache
def register() -> Register:
    """The activities as their file says them."""
    said = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    bases = {name: Basis(Text(**each["text"]), each["source"]) for name, each in said["bases"].items()}
    whose = {name: Text(**each) for name, each in said["whose"].items()}
    return Register(
        activities=tuple(_activity(each, bases, whose) for each in said["activities"]),
        categories={name: Text(**each["title"]) for name, each in said["categories"].items()},
        category_of=dict(_columns(said["categories"])),
        instead=said["instead"],
        nobody=tuple(said["nobody"]["tables"]),
    )


@cache
def inventory() -> Inventory:
    """Every column of every table, and how it is kept."""
    found: Inventory = json.loads(INVENTORY.read_text(encoding="utf-8"))
    return found


def _activity(said: dict[str, Any], bases: Mapping[str, Basis], whose: Mapping[str, Text]) -> Activity:
    return Activity(
        id=said["id"],
        title=Text(**said["title"]),
        purpose=Text(**said["purpose"]),
        whose=tuple(whose[each] for each in said["whose"]),
        basis=bases[said["basis"]],
        tables=tuple(said["tables"]),
        kinds=tuple(said.get("kinds", ())),
        receives=said.get("receives", ""),
    )


def _columns(categories: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, each in categories.items():
        for column in each["columns"]:
            yield column, name


def _named(table: str, names: tuple[str, ...]) -> bool:
    return table in names or f"{EVERYWHERE}.{table.partition('.')[2]}" in names
