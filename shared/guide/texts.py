"""The guide's texts, read from the one file that holds them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from shared.identity.permissions import Permission
from shared.identity.rules import Role
from shared.kernel import yaml
from shared.programmes.definition import Text

FILE = Path(__file__).with_name("guide.yaml")
EVERYWHERE = "*"
"""In the place of a service: a page that each of them has."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that whoever holds a permission can do, and the page where she does it."""

    needs: Permission
    text: Text
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What a role, or a page, is there for; what one does there; and what comes of it."""

    job: Text
    steps: tuple[Step, ...]
    next: Text


@dataclass(frozen=True, slots=True)
class Guide:
    """All texts: by role, by page (`<service>/<first part of its address>`), and by kind of stage."""

    roles: Mapping[Role, Entry]
    pages: Mapping[str, Entry]
    stages: Mapping[str, Text]

    def page(self, service: str, page: str) -> Entry | None:
        """What is said of a page, if anything is."""
        places = (f"{service}/{page}", f"{EVERYWHERE}/{page}", page)
        return next((self.pages[each] for each in places if each in self.pages), None)


@cache
def guide() -> Guide:
    """The guide, as its file says it; raises KeyError or ValueError where that is not whole."""
    said = yaml.read(FILE.read_text(encoding="utf-8"))
    return Guide(
        roles={Role(name): _entry(each) for name, each in said["roles"].items()},
        pages={name: _entry(each) for name, each in said["pages"].items()},
        stages={name: _text(each) for name, each in said["stages"].items()},
    )


def _entry(said: Mapping[str, Any]) -> Entry:
    steps = tuple(Step(Permission(each["needs"]), _text(each), each.get("at")) for each in said["steps"])
    return Entry(_text(said["job"]), steps, _text(said["next"]))


def _text(said: Mapping[str, Any]) -> Text:
    return Text(said["id"], said["en"])
