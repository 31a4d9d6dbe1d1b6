"""Prints `docs/access.md` from the table of permissions: `python -m shared.identity.access_page > docs/access.md`."""

import sys
from collections.abc import Iterator

from shared.identity.permissions import (
    COORDINATING,
    EVERY,
    LEADING,
    NEVER_BY_ACTING,
    NEVER_BY_KEY,
    PROTECTING,
    REGISTERING,
    RIGHTS,
    Right,
    Scope,
)
from shared.identity.rules import Role

HEAD = """# Who may do what

Printed from the one table, `shared/identity/permissions.py`, by `python -m shared.identity.access_page`. A route names
a permission (`x-permission` in the API's description), and whoever holds it by one of its rows gets in at her own
agency's address. Where there is no row, nobody does.

| kind of agency | is an office |
|---|---|"""
BY_KEY = """
## With a key

A system of an office that signs in with a key ([how](operations.md#when-an-offices-own-system-works-with-kail))
has of these rights only those that its key names *and* its owner holds at that moment. Whatever they are, no key has:
"""
KINDS = {
    EVERY: "of whatever agency",
    REGISTERING: "whose file says `registers: true` (`programmes/agencies/*.yaml`)",
    LEADING: "of an agency that leads a published programme of the officer's areas (`lead`)",
    "does …": "of an agency to which such a programme gives a stage of this kind",
    PROTECTING: "of `dp3a`, which keeps the protection compartment",
    COORDINATING: "of `bappeda`, which brings the agencies of its region together",
}
SCOPES = {
    Scope.OWN: "what is hers alone",
    Scope.REFERRAL: "what referrals to her office share with it",
    Scope.OFFICE: "what her office has done, in her areas",
    Scope.AREAS: "all that lies in her areas",
    Scope.EVERY_AGENCY: "what every agency does in her areas; for looking at the others' addresses, never for changing",
    Scope.INSTALLATION: "the whole deployment",
}

NEVER = """
Whoever acts for a post (Plt, Plh: [decision 17](decisions/0017-acting-capacity.md)) has its role as well, with these
exceptions, for which her own roles alone are asked: """


def printed() -> str:
    """The page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield HEAD
    yield from (f"| {kind} | {what} |" for kind, what in KINDS.items())
    yield "\n| scope | reaches |\n|---|---|"
    yield from (f"| {scope} | {what} |" for scope, what in SCOPES.items())
    yield NEVER + ", ".join(f"`{permission}`" for permission in sorted(NEVER_BY_ACTING)) + "."
    yield "\n| permission | roles | at an agency that | scope |\n|---|---|---|---|"
    for permission, rights in sorted(RIGHTS.items()):
        yield from (f"| `{permission}` | {_roles(right)} | {_kinds(right)} | {right.scope} |" for right in rights)
    yield BY_KEY
    yield ", ".join(f"`{each}`" for each in sorted(NEVER_BY_KEY)) + "."


def _roles(right: Right) -> str:
    missing = frozenset(Role) - right.roles
    return "all" if not missing else ", ".join(sorted(right.roles))


def _kinds(right: Right) -> str:
    return " or ".join(map(str, right.at))


if __name__ == "__main__":
    sys.stdout.write(printed())
