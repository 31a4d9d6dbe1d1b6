"""Many officers at once, from a list with a line each: looked at first as a whole, then all of them invited or none."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from services.intake.accounts import commands
from services.intake.accounts.models import OfficerAccount
from services.intake.accounts.rules import MOST_AT_ONCE
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import lists
from shared.kernel.errors import DomainError, Invalid

COLUMNS = {
    "username": ("username", "user name", "nama pengguna", "pengguna"),
    "name": ("name", "nama"),
    "office": ("office", "kantor"),
    "roles": ("roles", "role", "peran"),
    "areas": ("areas", "area", "wilayah"),
}
"""The columns of a list and what their heading may be called; `areas` may be left out."""
NEEDED = ("username", "name", "office", "roles")
BETWEEN = ";"
"""What stands between several roles, or areas, of one officer."""


class TwiceInList(Invalid):
    """The user name {username} stands in this list twice."""

    indonesian = "Nama pengguna {username} tercantum dua kali di daftar ini."


class UnknownRole(Invalid):
    """There is no role {role}; the roles are {roles}."""

    indonesian = "Tidak ada peran {role}; perannya adalah {roles}."


class ListHasMistakes(Invalid):
    """Nobody was invited: some lines have mistakes. Mend them and send the whole list again."""

    indonesian = "Belum ada yang diundang: beberapa baris masih salah. Perbaiki, lalu kirim seluruh daftar lagi."


def invite_many(session: Session, by: Officer | None, text: str, *, dry_run: bool) -> list[OfficerAccount]:
    """Invite everybody in a list, or look only whether that would go; raises ListHasMistakes with them by line."""
    accounts, mistakes = _looked_at(session, by, text)
    if mistakes:
        raise ListHasMistakes(errors=mistakes)
    if dry_run:
        return [account for account, _ in accounts]
    return [commands.invite(session, by, **given) for _, given in accounts]


def _looked_at(
    session: Session, by: Officer | None, text: str
) -> tuple[list[tuple[OfficerAccount, dict[str, Any]]], dict[str, list[DomainError]]]:
    found: list[tuple[OfficerAccount, dict[str, Any]]] = []
    mistakes: dict[str, list[DomainError]] = {}
    names: set[str] = set()
    for line, row in lists.rows(text, COLUMNS, NEEDED, MOST_AT_ONCE):
        try:
            lists.refuse_too_many(row)
            given = _given(row)
            account = commands.checked_invitation(session, by, **given)
            if account.username in names:
                raise TwiceInList(username=account.username)
        except DomainError as mistake:
            mistakes[f"line {line}"] = [mistake]
            continue
        names.add(account.username)
        found.append((account, given))
    return found, mistakes


def _given(row: Mapping[str, str]) -> dict[str, Any]:
    roles = _several(row.get("roles", ""))
    for role in roles:
        if role not in set(Role):
            raise UnknownRole(role=role, roles=", ".join(Role))
    return {
        "username": row.get("username", ""),
        "name": row.get("name", ""),
        "office": row.get("office", ""),
        "roles": roles,
        "areas": _several(row.get("areas", "")),
    }


def _several(cell: str) -> list[str]:
    return [each.strip() for each in cell.replace("|", BETWEEN).replace(" ", BETWEEN).split(BETWEEN) if each.strip()]
