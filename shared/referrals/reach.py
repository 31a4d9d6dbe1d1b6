"""Which kinds of stages an officer can do herself, and on which hers is the last word: so a list can be made for her.

Kinds and roles are said by each slice's `StageWork`; an app knows the works of its own service.
"""

from dataclasses import dataclass

from flask import current_app
from flask.sansio.app import App

from shared.identity.officer import Officer
from shared.referrals.work import Works

KNOWN = "kail-works"


@dataclass(frozen=True, slots=True)
class Reach:
    """The kinds of stages that an officer does, and those that she signs whoever prepared them."""

    does: frozenset[str] = frozenset()
    signs: frozenset[str] = frozenset()


NOTHING = Reach()


def install(app: App, works: Works) -> None:
    """Let an app know the works of its service."""
    app.extensions[KNOWN] = works


def here(officer: Officer) -> Reach:
    """What an officer reaches in the service that is asked."""
    return of(officer, current_app.extensions[KNOWN])


def of(officer: Officer, works: Works) -> Reach:
    """What an officer reaches among these works."""
    return Reach(
        does=frozenset(kind for kind, work in works.items() if officer.has(*work.roles)),
        signs=frozenset(kind for kind, work in works.items() if work.signed_by and officer.has(*work.signed_by)),
    )
